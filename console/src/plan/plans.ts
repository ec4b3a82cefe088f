// The latest plan of each board with the snapshot it was made from, fetched when the board tells of one.
import { computed, effect, signal } from "@preact/signals";
import { ask, open } from "../api";
import { facts } from "../facts/store";
import type { Board, Plan, Schemas, Snapshot, Visit } from "../shapes";

export type SnapshotTask = Schemas["Task"];
export type Pin = Schemas["PinIn"];

export interface Planned {
  district: string;
  hash: string;
  plan: Plan;
  tasks: ReadonlyMap<string, SnapshotTask>;
  crews: ReadonlyMap<string, Schemas["Crew"]>;
  at: string;
  status: string;
  /** The board's tag as it was when this plan was read: an order about the plan must show it. */
  tag: string;
}
export interface Stop {
  crew: string;
  visit: Visit;
  district: string;
}

const APART_MS = 4000;
export const plans = signal<ReadonlyMap<string, Planned>>(new Map());
export const planFault = signal<string | null>(null);

/** Where each task stands in the latest plans. */
export const stops = computed(() => {
  const found = new Map<string, Stop>();
  for (const { plan, district } of plans.value.values())
    for (const route of plan.routes ?? [])
      for (const visit of route.visits ?? []) found.set(visit.task, { crew: route.crew, visit, district });
  return found;
});

/** The locks that dispatchers have set, by task. */
export const pins = computed(() => {
  const found = new Map<string, Pin>();
  for (const board of facts.board.value.values())
    for (const pin of ((board.view?.["pins"] ?? []) as Pin[])) found.set(pin.task, pin);
  return found;
});

const reading = new Map<string, string>();
const read = new Map<string, number>();

/** Read a board's latest plan, unless it is the one that is known; return it. */
export async function readPlan(district: string): Promise<Planned | null> {
  const told = await open(`/v1/boards/${encodeURIComponent(district)}`);
  const board = (await told.json()) as Board;
  const latest = board.latest_plan;
  if (latest === null) return null;
  const known = plans.peek().get(district);
  if (known?.hash === latest.plan_hash && known.status === latest.status) return known;
  const same = known?.hash === latest.plan_hash ? known : null;
  const [plan, snapshot] = same
    ? [same.plan, null]
    : await Promise.all([
        ask<Plan>(`/v1/plans/${latest.plan_hash}`),
        ask<Snapshot>(`/v1/plans/${latest.plan_hash}/snapshot`),
      ]);
  const next: Planned = {
    district,
    hash: latest.plan_hash,
    plan,
    tasks: same?.tasks ?? new Map((snapshot!.tasks ?? []).map((task) => [task.id, task])),
    crews: same?.crews ?? new Map((snapshot!.crews ?? []).map((crew) => [crew.id, crew])),
    at: latest.at,
    status: latest.status,
    tag: told.headers.get("ETag") ?? "*",
  };
  plans.value = new Map(plans.peek()).set(district, next);
  planFault.value = null;
  return next;
}

/** Keep the plans as the boards tell them; in a storm each is read every few seconds at most. */
export function keepPlans(): () => void {
  const timers = new Set<ReturnType<typeof setTimeout>>();
  const end = effect(() => {
    for (const board of facts.board.value.values()) {
      const latest = board.latest_plan;
      if (latest === null) continue;
      const wanted = `${latest.plan_hash} ${latest.status} ${board.mode}`;
      if (reading.get(board.district) === wanted) continue;
      reading.set(board.district, wanted);
      const wait = Math.max(0, (read.get(board.district) ?? 0) + APART_MS - Date.now());
      const timer = setTimeout(() => {
        timers.delete(timer);
        read.set(board.district, Date.now());
        readPlan(board.district).catch((fault) => {
          reading.delete(board.district);
          planFault.value = fault instanceof Error ? fault.message : String(fault);
        });
      }, wait);
      timers.add(timer);
    }
  });
  return () => {
    end();
    timers.forEach(clearTimeout);
    reading.clear();
  };
}
