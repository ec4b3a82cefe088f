// The bars of the timeline: each crew's stops by the latest plan, and what it has beside the plan.
import { computed, signal } from "@preact/signals";
import { now } from "../facts/house";
import { crewingOf } from "../facts/standing";
import type { Crew, Outage, Visit } from "../shapes";
import { pins, plans, stops } from "../plan/plans";
import { owed } from "../plan/proposal";
import { shownCrews } from "../dispatch/chosen";
import { type Row, apart } from "./rows";

/** A stop of a crew. Bars that would cover each other lie in rows of their own. */
export interface Bar extends Row {
  task: string;
  outage: Outage | undefined;
  number: string;
  /** Milliseconds of the house clock. */
  departs: number;
  arrives: number;
  begins: number;
  ends: number;
  due: number | null;
  late: boolean;
  close: boolean;
  danger: boolean;
  pinned: boolean;
  frozen: boolean;
  /** The plan would have it so; nobody has been told. */
  proposed: boolean;
  /** It is with the crew and not in the plan: its times are not known. */
  beside: boolean;
}
export interface Lane {
  crew: Crew;
  bars: readonly Bar[];
  /** Until then nothing of this crew is moved by a plan. */
  frozenUntil: number | null;
  /** When the crew has its break. */
  rests: { from: number; to: number } | null;
}

const CLOSE_S = 600;
const UNKNOWN_MS = 30 * 60_000;
export const HOURS = [3, 6, 12, 24] as const;
export const hours = signal<(typeof HOURS)[number]>(6);
/** How far the window was moved from where it begins by itself, in milliseconds. */
export const moved = signal(0);
const beat = computed(() => Math.floor((now.value ?? 0) / 15_000) * 15_000);

export const frame = computed(() => {
  const span = hours.value * 3_600_000;
  const from = beat.value - span / 12 + moved.value;
  return { from, to: from + span, now: beat.value };
});

function barOf(visit: Visit, crew: string): Bar {
  const held = owed.value.get(visit.task);
  const planned = stops.value.get(visit.task);
  const known = planned && plans.value.get(planned.district)?.tasks.get(visit.task);
  const due = known?.deadline ? Date.parse(known.deadline) : null;
  const open = held !== undefined && held.outage.arrived_at === null;
  return {
    task: visit.task,
    outage: held?.outage,
    number: held ? `#${held.outage.number}` : "–",
    departs: Date.parse(visit.depart_at),
    arrives: Date.parse(visit.eta),
    begins: Date.parse(visit.start_at),
    ends: Date.parse(visit.finish_at),
    due: open ? due : null,
    late: open && (visit.late_s ?? 0) > 0,
    close: open && visit.slack_s != null && visit.slack_s >= 0 && visit.slack_s < CLOSE_S,
    danger: known?.danger ?? false,
    pinned: pins.value.has(visit.task),
    frozen: visit.hold === "frozen",
    proposed: held !== undefined && held.task.crew !== crew,
    beside: false,
    row: 0,
    rows: 1,
  };
}

function besides(crew: string, planned: ReadonlySet<string>): Bar[] {
  const found: Bar[] = [];
  for (const { outage, task } of byCrew.value.get(crew) ?? []) {
    if (planned.has(task.id)) continue;
    const from = beat.value;
    found.push({
      task: task.id, outage, number: `#${outage.number}`, departs: from, arrives: from, begins: from,
      ends: from + UNKNOWN_MS, due: outage.arrival_deadline && outage.arrived_at === null ? Date.parse(outage.arrival_deadline) : null,
      late: false, close: false, danger: task.danger, pinned: pins.value.has(task.id), frozen: false,
      proposed: false, beside: true, row: 0, rows: 1,
    });
  }
  return found;
}

const byCrew = computed(() => {
  const found = new Map<string, { outage: Outage; task: Outage["tasks"][number] }[]>();
  for (const held of owed.value.values()) {
    if (held.task.crew === null) continue;
    const list = found.get(held.task.crew) ?? [];
    list.push(held);
    found.set(held.task.crew, list);
  }
  return found;
});

const routes = computed(() => {
  const found = new Map<string, { visits: readonly Visit[]; rests: Lane["rests"] }>();
  for (const { plan } of plans.value.values())
    for (const { crew, visits, taken } of plan.routes ?? []) {
      const rests = taken ? { from: Date.parse(taken.start_at), to: Date.parse(taken.end_at) } : null;
      found.set(crew, { visits: visits ?? [], rests });
    }
  return found;
});

/** Crews move all the time; the timeline changes only when one comes, goes or is busy. */
const manned = computed(() => shownCrews.value.map((crew) => `${crew.id} ${crewingOf(crew)}`).join());

export const lanes = computed<Lane[]>(() =>
  (manned.value === "" ? [] : shownCrews.peek()).map((crew) => {
    const route = routes.value.get(crew.id);
    const visits = (route?.visits ?? []).filter((visit) => owed.value.has(visit.task));
    const bars = visits.map((visit) => barOf(visit, crew.id));
    const more = besides(crew.id, new Set(visits.map((visit) => visit.task)));
    const frozen = bars.filter((bar) => bar.frozen).map((bar) => bar.ends);
    const frozenUntil = frozen.length > 0 ? Math.max(...frozen) : null;
    return { crew, bars: apart([...bars, ...more]), frozenUntil, rests: route?.rests ?? null };
  }),
);
