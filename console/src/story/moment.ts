// The district of a story as it was known at the line that is chosen: asked for once, then kept.
import { computed, effect, signal } from "@preact/signals";
import { Problem, ask } from "../api";
import { ORDER } from "../dispatch/chosen";
import type { Selected } from "../map/overlay";
import type { Placed, Schemas } from "../shapes";
import { say } from "../words";
import { known, outage, type Line } from "./told";

type Shown = Schemas["MomentShown"];
export interface Moment extends Omit<Shown, "crews"> {
  /** When it was, in milliseconds. */
  at: number;
  crews: readonly Placed[];
}

const APART_MS = 150;
const MOST = 2000;
const KEPT = 60;
const kept = new Map<string, Moment>();

/** The latest that came; it stays in sight until the next one is there. */
export const moment = signal<Moment | null>(null);
export const fault = signal<string | null>(null);
/** What of the map and its lists is pointed out. */
export const chosen = signal<Selected>(null);

/** When our rows knew what a line tells: some things were decided, or happened, before that. */
function knownAt(line: Line): number {
  const told = (line.data as { known_at?: string }).known_at;
  return Math.max(Date.parse(line.at), told === undefined ? 0 : Date.parse(told));
}

/** The moment at which the chosen line had come to be known, in milliseconds. */
export const at = computed(() => known.value.reduce((latest, line) => Math.max(latest, knownAt(line)), 0));

export const queue = computed(() => [...(moment.value?.items ?? [])].sort(ORDER.urgency));
export const crews = computed(() => moment.value?.crews ?? []);

async function read(district: string, when: number, wanted: () => boolean): Promise<Moment> {
  // Times are told to the microsecond: the whole of the millisecond counts.
  const told = new Date(when + 1).toISOString();
  const path = `/v1/districts/${encodeURIComponent(district)}/moment?known_at=${encodeURIComponent(told)}`;
  const first = await ask<Shown>(path);
  const items = [...first.items];
  let cursor = first.next_cursor;
  while (cursor !== null && items.length < MOST && wanted()) {
    const page = await ask<Shown>(`${path}&cursor=${encodeURIComponent(cursor)}`);
    items.push(...page.items);
    cursor = page.next_cursor;
  }
  return { ...first, items, at: when, crews: first.crews ?? [] };
}

function keep(key: string, found: Moment): void {
  kept.set(key, found);
  const oldest = kept.keys().next().value;
  if (kept.size > KEPT && oldest !== undefined) kept.delete(oldest);
}

/** Keep the moment as the slider is; return what ends that. */
export function keepMoment(): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let turn = 0;
  moment.value = null;
  chosen.value = null;
  const look = async (district: string, when: number, key: string, mine: number) => {
    try {
      const found = await read(district, when, () => mine === turn);
      if (mine !== turn) return;
      keep(key, found);
      moment.value = found;
      fault.value = null;
    } catch (error) {
      if (mine === turn) fault.value = error instanceof Problem && error.message ? error.message : say("toast.no_line");
    }
  };
  const place = computed(() => outage.value?.district ?? null);
  const end = effect(() => {
    const [district, when] = [place.value, at.value];
    clearTimeout(timer);
    const mine = ++turn;
    if (district === null || when === 0) return;
    const key = `${district} ${when}`;
    const held = kept.get(key);
    if (held !== undefined) [moment.value, fault.value] = [held, null];
    else timer = setTimeout(() => void look(district, when, key, mine), APART_MS);
  });
  return () => {
    turn += 1;
    clearTimeout(timer);
    end();
  };
}
