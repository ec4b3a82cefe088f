// How an outage or a crew stands, read off its row: how urgent, how far, how late.
import type { Listed, Outage, Page, Placed } from "../shapes";

export const PHASES = ["waiting", "sent", "work", "back"] as const;
export const PRIORITIES = ["danger", "life", "key", "normal"] as const;
export const CREWINGS = ["free", "busy", "off"] as const;
export type Phase = (typeof PHASES)[number];
export type Priority = (typeof PRIORITIES)[number];
export type Crewing = (typeof CREWINGS)[number];

const PHASE_OF: Record<string, Phase> = {
  dispatched: "sent",
  acknowledged: "sent",
  en_route: "sent",
  arrived: "work",
  customer_contacted: "work",
  assessing: "work",
  working: "work",
  restored: "back",
  verifying: "back",
  callback: "back",
};
/** Work under way is not moved by anybody but the crew. */
const UNDER_WAY = new Set(["en_route", "arrived", "assessing", "working", "on_hold"]);

export function phaseOf(outage: Listed): Phase {
  return PHASE_OF[outage.status] ?? "waiting";
}

export function priorityOf(outage: Listed): Priority {
  if (outage.hazards.length > 0) return "danger";
  if (outage.life_support) return "life";
  return outage.key_class !== null ? "key" : "normal";
}

export function crewingOf(crew: Placed): Crewing {
  if (crew.task !== null) return "busy";
  return crew.shift?.on_duty ? "free" : "off";
}

export function isDark(outage: Listed): boolean {
  return phaseOf(outage) !== "back";
}

/** Milliseconds until the promised arrival, less than nothing when it is broken; null: none owed. */
export function leftOf(outage: Listed, now: number): number | null {
  if (outage.arrival_deadline === null || outage.arrived_at !== null || !isDark(outage)) return null;
  return Date.parse(outage.arrival_deadline) - now;
}

export function isBroken(outage: Listed, now: number): boolean {
  if (outage.arrival_deadline === null) return false;
  const came = outage.arrived_at === null ? (isDark(outage) ? now : 0) : Date.parse(outage.arrived_at);
  return came > Date.parse(outage.arrival_deadline);
}

/** The piece of work a dispatcher means when an outage is given to somebody. */
export function leadTask(outage: Outage): Outage["tasks"][number] | undefined {
  const movable = outage.tasks.filter((task) => !UNDER_WAY.has(task.state));
  return movable.find((task) => task.ready) ?? movable[0];
}

export function isUnderWay(state: string): boolean {
  return UNDER_WAY.has(state);
}

export function isUnassigned(outage: Outage): boolean {
  return isDark(outage) && outage.tasks.some((task) => task.ready && task.crew === null);
}

export function oldestOpen(pages: Iterable<Page>): Page | null {
  let oldest: Page | null = null;
  for (const page of pages) if (oldest === null || page.at < oldest.at) oldest = page;
  return oldest;
}
