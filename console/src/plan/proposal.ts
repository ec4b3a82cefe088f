// What a plan would change: who gets what, or when, who loses what, and which promises that keeps or breaks.
import { computed } from "@preact/signals";
import { isUnderWay } from "../facts/standing";
import { facts } from "../facts/store";
import type { Outage, Schemas } from "../shapes";
import { plans, type Planned } from "./plans";
import { otherTimes } from "./times";

export type What = "assigned" | "moved" | "retimed" | "dropped" | "left";
/** Why a line does not stand any more; it is greyed and cannot be chosen. */
export type Stale = "gone" | "under_way" | "done" | null;

export interface Line {
  what: What;
  task: string;
  kind: string | null;
  outage: Outage | undefined;
  number: number | null;
  from: string | null;
  to: string | null;
  eta: string | null;
  /** When the crew that keeps the order was told to be there. */
  told: string | null;
  due: string | null;
  /** Less than nothing: so much before the promise. */
  late_s: number | null;
  reason: Schemas["Unassigned"] | null;
  danger: boolean;
  stale: Stale;
}

export interface Owed {
  outage: Outage;
  task: Outage["tasks"][number];
}

/** All work still owed, by the id of the task. */
export const owed = computed(() => {
  const found = new Map<string, Owed>();
  for (const outage of facts.outage.value.values())
    for (const task of outage.tasks) found.set(task.id, { outage, task });
  return found;
});

function staleOf(held: Owed | undefined, to: string | null): Stale {
  if (held === undefined) return "gone";
  if (held.task.crew === to && to !== null) return "done";
  return isUnderWay(held.task.state) && held.task.crew !== to ? "under_way" : null;
}

function line(planned: Planned, task: string, held: Owed | undefined, to: string | null): Line {
  const known = planned.tasks.get(task);
  return {
    what: "left",
    task,
    kind: held?.task.kind ?? null,
    outage: held?.outage,
    number: held?.outage.number ?? null,
    from: held?.task.crew ?? null,
    to,
    eta: null,
    told: null,
    due: known?.deadline ?? null,
    late_s: null,
    reason: null,
    danger: known?.danger ?? false,
    stale: staleOf(held, to),
  };
}

/** Return the orders that a crew keeps and would be told another time of. */
function retimedOf(route: NonNullable<Planned["plan"]["routes"]>[number]): Set<string> {
  const arrivals = (route.visits ?? []).flatMap((visit) => {
    const task = owed.value.get(visit.task)?.task;
    if (task === undefined || isUnderWay(task.state)) return [];
    const planned = Date.parse(visit.eta);
    if (task.crew !== route.crew) return [{ task: task.id, planned, told: planned }];
    return [{ task: task.id, planned, told: task.eta === null ? null : Date.parse(task.eta) }];
  });
  return otherTimes(arrivals);
}

/** Return what a plan changes against what holds now; those it leaves as they are not among them. */
export function linesOf(planned: Planned): Line[] {
  const found: Line[] = [];
  for (const route of planned.plan.routes ?? []) {
    const retimed = retimedOf(route);
    for (const visit of route.visits ?? []) {
      const held = owed.value.get(visit.task);
      const stays = held?.task.crew === route.crew;
      if (stays && !retimed.has(visit.task)) continue;
      const made = line(planned, visit.task, held, route.crew);
      const late_s = made.due === null ? null : Math.round((Date.parse(visit.eta) - Date.parse(made.due)) / 1000);
      const changed = { ...made, eta: visit.eta, late_s };
      found.push(
        stays
          ? { ...changed, what: "retimed", told: held.task.eta, stale: null }
          : { ...changed, what: made.from === null ? "assigned" : "moved" },
      );
    }
  }
  for (const left of planned.plan.unassigned ?? []) {
    const held = owed.value.get(left.task);
    const made = line(planned, left.task, held, null);
    if (held !== undefined) found.push({ ...made, what: made.from === null ? "left" : "dropped", reason: left });
  }
  const order: What[] = ["assigned", "moved", "retimed", "dropped", "left"];
  return found.sort(
    (a, b) =>
      order.indexOf(a.what) - order.indexOf(b.what) ||
      Number(b.danger) - Number(a.danger) ||
      Date.parse(a.eta ?? "0") - Date.parse(b.eta ?? "0") ||
      (a.number ?? 0) - (b.number ?? 0),
  );
}

export const proposals = computed(
  () => new Map([...plans.value].map(([district, planned]) => [district, linesOf(planned)])),
);

export function changes(lines: readonly Line[]): Line[] {
  return lines.filter((each) => each.what !== "left" && each.stale === null);
}
