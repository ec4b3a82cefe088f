// What is chosen and what is filtered: one selection for the queue, the map and the timeline.
import { computed, signal } from "@preact/signals";
import {
  crewingOf, isBroken, isDark, isUnassigned, leftOf, oldestOpen, phaseOf, priorityOf, PRIORITIES,
  type Crewing,
} from "../facts/standing";
import { facts } from "../facts/store";
import { now } from "../facts/house";
import { dayOf } from "../facts/times";
import type { Crew, Outage } from "../shapes";
import type { Selected } from "../map/overlay";
import { asked, note } from "../shell/route";

export const FILTERS = ["open", "dark", "unassigned", "risk", "broken", "paged"] as const;
export const SORTS = ["urgency", "age", "customers", "number"] as const;
export type Filter = (typeof FILTERS)[number];
export type Sort = (typeof SORTS)[number];
const SOON_MS = 60 * 60_000;

export const filter = signal<Filter>("open");
export const crewing = signal<Crewing | null>(null);
export const sort = signal<Sort>("urgency");
export const search = signal("");
export const district = signal<string | null>(null);
/** Pointed at, in whichever pane. */
export const pointed = signal<Selected>(null);

export const selected = computed<Selected>(() => {
  const outage = asked.value.get("outage");
  const crew = asked.value.get("crew");
  return outage !== null ? { kind: "outage", id: outage } : crew !== null ? { kind: "crew", id: crew } : null;
});

export function select(next: Selected): void {
  if (next?.kind === selected.value?.kind && next?.id === selected.value?.id) return;
  note("outage", next?.kind === "outage" ? next.id : null);
  note("crew", next?.kind === "crew" ? next.id : null);
}

/** Ten house seconds: whatever is counted by the clock is counted anew so often. */
const beat = computed(() => Math.floor((now.value ?? 0) / 10_000) * 10_000);

export function isToday(moment: string, row: Outage): boolean {
  return dayOf(moment, row.district) === dayOf(beat.value, row.district);
}

const pagedOutages = computed(() => new Set([...facts.page.value.values()].map((page) => page.outage.id)));

const PASSES: Record<Filter, (row: Outage) => boolean> = {
  open: () => true,
  dark: isDark,
  unassigned: isUnassigned,
  risk: (row) => {
    const left = leftOf(row, beat.value);
    return left !== null && left >= 0 && left <= SOON_MS;
  },
  broken: (row) => isBroken(row, beat.value) && isToday(row.arrival_deadline!, row),
  paged: (row) => pagedOutages.value.has(row.id),
};

const here = computed(() => {
  const rows = [...facts.outage.value.values()];
  return district.value === null ? rows : rows.filter((row) => row.district === district.value);
});
export const crewsHere = computed(() => {
  const rows = [...facts.crew.value.values()].filter((crew) => crew.active);
  return district.value === null
    ? rows
    : rows.filter((crew) => crew.district === district.value || crew.planned_by === district.value);
});

/** Of the outages alone: crews move all the time, and that changes none of these. */
const counted = computed(() => {
  const found = { open: here.value.length, customers: 0, unassigned: 0, risk: 0, broken: 0 };
  for (const row of here.value) {
    if (isDark(row)) found.customers += row.customers;
    if (PASSES.unassigned(row)) found.unassigned += 1;
    if (PASSES.risk(row)) found.risk += 1;
    if (PASSES.broken(row)) found.broken += 1;
  }
  return found;
});

export const crewFigures = computed(() => {
  const found: Record<Crewing, number> = { free: 0, busy: 0, off: 0 };
  for (const crew of crewsHere.value) found[crewingOf(crew)] += 1;
  return found;
});

export const figures = computed(() => {
  const pages = [...facts.page.value.values()].filter(
    (page) => district.value === null || page.district === district.value,
  );
  return { ...counted.value, pages: pages.length, oldest: oldestOpen(pages)?.at ?? null };
});

function words(row: Outage): string {
  const { transformer, street, settlement } = row.place;
  return [row.number, transformer, street?.en, street?.zh, settlement?.en, settlement?.zh, row.feeder, row.section]
    .filter(Boolean)
    .join(" ")
    .toLowerCase();
}

const far = "9999";
const by = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
export const ORDER: Record<Sort, (a: Outage, b: Outage) => number> = {
  urgency: (a, b) =>
    Number(phaseOf(a) === "back") - Number(phaseOf(b) === "back") ||
    Math.min(2, PRIORITIES.indexOf(priorityOf(a))) - Math.min(2, PRIORITIES.indexOf(priorityOf(b))) ||
    Number(a.arrived_at !== null) - Number(b.arrived_at !== null) ||
    by(a.arrival_deadline ?? far, b.arrival_deadline ?? far) ||
    a.number - b.number,
  age: (a, b) => by(a.clock_start, b.clock_start) || a.number - b.number,
  customers: (a, b) => b.customers - a.customers || a.number - b.number,
  number: (a, b) => b.number - a.number,
};

export const queue = computed(() => {
  const wanted = search.value.trim().toLowerCase().replace(/^#/, "");
  return here.value
    .filter((row) => PASSES[filter.value](row) && (wanted === "" || words(row).includes(wanted)))
    .sort(ORDER[sort.value]);
});
export const known = computed(() => here.value.length);

export const shownCrews = computed(() =>
  crewsHere.value
    .filter((crew) => crewing.value === null || crewingOf(crew) === crewing.value)
    // Who is off duty stands last; among the others nobody moves when they take or finish work.
    .sort(
      (a, b) =>
        Number(crewingOf(a) === "off") - Number(crewingOf(b) === "off") ||
        a.id.localeCompare(b.id, undefined, { numeric: true }),
    ),
);

export function crewsOf(outage: Outage): string[] {
  return [...new Set(outage.tasks.map((task) => task.crew).filter((crew): crew is string => crew !== null))];
}

/** The crew that goes with what is chosen, whose way is drawn. */
export const chosenCrew = computed<Crew | undefined>(() => {
  const chosen = selected.value;
  if (chosen === null) return undefined;
  if (chosen.kind === "crew") return facts.crew.value.get(chosen.id);
  const outage = facts.outage.value.get(chosen.id);
  const crew = outage && crewsOf(outage)[0];
  return crew ? facts.crew.value.get(crew) : undefined;
});
