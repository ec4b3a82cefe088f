// What a human's choice would cost, asked while it is only thought of.
import { Problem, ask } from "../api";
import { clockIn } from "../facts/times";
import type { Schemas } from "../shapes";
import { say, word } from "../words";
import { crewName, numberOf } from "./orders";
import { plans, stops, type Planned } from "./plans";
import { owed } from "./proposal";

export type Priced = Schemas["Priced"];
export type Cost = Schemas["Cost"];
export interface Asked {
  task: string;
  crew: string;
  not_before?: string | null;
  not_after?: string | null;
}
export interface Price {
  lines: string[];
  /** The first promise it breaks, or a rule: said in the colour of danger, and in words. */
  breaks: boolean;
}

/** Return the latest plan that may be asked about a task, or a sentence why there is none. */
export function planOf(task: string): Planned | string {
  const district = owed.value.get(task)?.outage.district ?? stops.value.get(task)?.district;
  const planned = district === undefined ? undefined : plans.value.get(district);
  if (planned === undefined) return say("plan.no_plan");
  return planned.tasks.has(task) ? planned : say("plan.not_in_plan");
}

export function amount(value: number): string {
  const rounded = Math.round(value * 10) / 10;
  return `${rounded > 0 ? "+" : rounded < 0 ? "−" : "±"}${Math.abs(rounded)}`;
}

/** Return the terms of a price that say something, in words. */
export function terms(cost: Partial<Cost>): string {
  const told = Object.entries(cost)
    .filter(([name, value]) => name !== "total" && Math.abs(value ?? 0) >= 0.05)
    .map(([name, value]) => `${word("why.term", name)} ${amount(value!)}`);
  return told.join(say("comma"));
}

export function promise(change: Schemas["PromiseChange"]): string {
  const minutes = Math.max(1, Math.round(Math.abs(change.late_s - change.late_before_s) / 60));
  const number = numberOf(change.task);
  if (change.broken) return say("plan.breaks", { number, minutes: Math.max(1, Math.round(change.late_s / 60)) });
  if (change.mended) return say("plan.mends", { number });
  return say(change.late_s > change.late_before_s ? "plan.later" : "plan.sooner", { number, minutes });
}

export function tellPrice(priced: Priced): Price {
  const district = owed.value.get(priced.task)?.outage.district;
  const lines = [
    say("plan.arrives", { crew: crewName(priced.crew), time: clockIn(priced.eta, district), stop: priced.sequence }),
  ];
  if (priced.late_s > 0) lines.push(say("plan.own_late", { minutes: Math.max(1, Math.round(priced.late_s / 60)) }));
  const total = priced.terms.total ?? 0;
  const told = terms(priced.terms);
  lines.push(
    Math.abs(total) < 0.05
      ? say("plan.costs_nothing")
      : say(total > 0 ? "plan.costs" : "plan.saves", { total: Math.abs(Math.round(total * 10) / 10), terms: told }),
  );
  lines.push(...(priced.promises ?? []).map(promise));
  for (const rule of priced.rules ?? []) lines.push(say("plan.rule", { rule: word("plan.fault", rule.fault) }));
  const breaks = (priced.promises ?? []).some((each) => each.broken) || (priced.rules ?? []).length > 0;
  return { lines, breaks };
}

/** Ask for the price of a choice; what cannot be priced says why. */
export async function price(asked: Asked): Promise<Price> {
  const planned = planOf(asked.task);
  if (typeof planned === "string") return { lines: [planned], breaks: false };
  if (!planned.crews.has(asked.crew)) return { lines: [say("plan.crew_not_in_plan")], breaks: true };
  const wish = new URLSearchParams({ task: asked.task, crew: asked.crew });
  if (asked.not_before) wish.set("not_before", asked.not_before);
  if (asked.not_after) wish.set("not_after", asked.not_after);
  try {
    const told = await ask<Schemas["ChoicePriced"]>(`/v1/plans/${planned.hash}/price?${wish}`);
    return tellPrice(told.choice);
  } catch (fault) {
    return { lines: [fault instanceof Problem ? fault.message : say("toast.no_line")], breaks: false };
  }
}
