// The house clock as this page has it: told by the feed, and run on between two tellings.
import { effect, signal } from "@preact/signals";
import { hearing } from "../live";

interface Told {
  house: number;
  here: number;
}

let first: Told | null = null;
let last: Told | null = null;

/** The house time in milliseconds, moved once a second; null until the feed has told one. */
export const now = signal<number | null>(null);

/** In a rehearsal the house clock runs faster than the wall's: the rate is read off two tellings. */
function rate(): number {
  if (first === null || last === null || last.here - first.here < 10_000) return 1;
  const found = (last.house - first.house) / (last.here - first.here);
  const whole = Math.max(1, Math.round(found));
  return Math.abs(found - whole) < 0.05 * whole ? whole : found;
}

export function houseAt(here: number): number | null {
  return last === null ? null : last.house + (here - last.here) * rate();
}

effect(() => {
  const { at } = hearing.value;
  if (at === null) return;
  const told = { house: Date.parse(at), here: performance.now() };
  if (last !== null && told.house < last.house - 60_000) first = null;
  if (last === null || told.house !== last.house) last = told;
  first ??= last;
  now.value ??= told.house;
});
setInterval(() => {
  // It runs on while the line is down: promises do not wait for the line.
  const found = houseAt(performance.now());
  if (found !== null) now.value = Math.floor(found / 1000) * 1000;
}, 1000);
