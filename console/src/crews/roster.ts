// Who stands how: crews as the desk sorts and filters them, and how old what we know of them is.
import { computed, signal } from "@preact/signals";
import { now } from "../facts/house";
import { crewingOf } from "../facts/standing";
import { facts } from "../facts/store";
import type { Crew } from "../shapes";
import { named } from "../words";

export const STANDINGS = ["busy", "free", "booked", "off"] as const;
export type Standing = (typeof STANDINGS)[number];
/** A crew on duty whose place is older than this is shown as not known now. */
export const STALE_MS = 15 * 60_000;

export const only = signal<Standing | "">("");
export const search = signal("");
export const inDistrict = signal("");
export const chosen = signal<string | null>(null);

/** The booking that holds now, if one does. */
export function bookedNow(crew: Crew): Crew["bookings"][number] | undefined {
  const at = now.value;
  return at === null ? undefined : crew.bookings.find((each) => Date.parse(each.since) <= at && at < Date.parse(each.until));
}

export function standingOf(crew: Crew): Standing {
  if (crew.task !== null) return "busy";
  return bookedNow(crew) ? "booked" : crewingOf(crew) === "free" ? "free" : "off";
}

export function isLent(crew: Crew): boolean {
  return crew.planned_by !== crew.district;
}

/** Milliseconds since the crew last told its place; null when it never has. */
export function ageOf(crew: Crew): number | null {
  const told = crew.position.occurred_at;
  return told === null || now.value === null ? null : Math.max(0, now.value - Date.parse(told));
}

export function isStale(crew: Crew): boolean {
  const age = ageOf(crew);
  return crew.shift?.on_duty === true && (age === null || age > STALE_MS);
}

/** Milliseconds of the shift that are left; null off duty. */
export function hoursLeft(crew: Crew): number | null {
  if (!crew.shift?.on_duty || now.value === null) return null;
  return Date.parse(crew.shift.ends_at) - now.value;
}

export const active = computed(() => [...facts.crew.value.values()].filter((crew) => crew.active));
export const counts = computed(() => {
  const found: Record<Standing, number> = { busy: 0, free: 0, booked: 0, off: 0 };
  for (const crew of active.value) found[standingOf(crew)]++;
  return found;
});
export const shown = computed(() => {
  const wanted = search.value.trim().toLowerCase();
  const passes = (crew: Crew) =>
    (only.value === "" || standingOf(crew) === only.value) &&
    (inDistrict.value === "" || crew.district === inDistrict.value || crew.planned_by === inDistrict.value) &&
    (wanted === "" || [crew.id, crew.name.en, crew.name.zh, ...crew.skills].some((each) => each.toLowerCase().includes(wanted)));
  const place = (crew: Crew) => STANDINGS.indexOf(standingOf(crew));
  return active.value.filter(passes).sort((a, b) => place(a) - place(b) || named(a.name).localeCompare(named(b.name), undefined, { numeric: true }));
});
