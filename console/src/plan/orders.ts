// Orders to a board: given once under an id of their own, and followed until it is known what they came to.
import { signal } from "@preact/signals";
import { Problem, ask, open } from "../api";
import { facts } from "../facts/store";
import type { Schemas } from "../shapes";
import { tell, tellFault, undoable } from "../shell/toasts";
import { named, say, word } from "../words";
import { readPlan, type Pin, type Planned } from "./plans";
import { changes, linesOf, owed } from "./proposal";

type Outcome = Schemas["Outcome"];
type What = { kind: string } & Record<string, unknown>;
const LOOKS = 40;

/** Tasks given by hand and not yet sent: shown as if they were, until the ten seconds are over. */
export const pending = signal<ReadonlyMap<string, string>>(new Map());

function wait(task: string, crew: string | null): void {
  const next = new Map(pending.value);
  if (crew === null) next.delete(task);
  else next.set(task, crew);
  pending.value = next;
}

export function crewName(id: string | null | undefined): string {
  const crew = id ? facts.crew.value.get(id) : undefined;
  return crew ? named(crew.name) : (id ?? say("dispatch.nobody"));
}

export function numberOf(task: string): string {
  const outage = owed.value.get(task)?.outage;
  return outage ? `#${outage.number}` : task;
}

async function outcomeOf(id: string): Promise<Outcome | null> {
  for (let look = 0; look < LOOKS; look++) {
    await new Promise((on) => setTimeout(on, look < 5 ? 400 : 1500));
    const order = await ask<Schemas["OrderShown"]>(`/v1/orders/${encodeURIComponent(id)}`);
    if (order.outcome !== null) return order.outcome;
  }
  return null;
}

/** Give an order and say what it came to; the same id is sent again where that is not known. */
async function give(district: string, what: What, tag?: string): Promise<Outcome | null> {
  const id = `desk-${crypto.randomUUID()}`;
  const path = `/v1/boards/${encodeURIComponent(district)}/orders`;
  const headers = { "Content-Type": "application/json", ...(tag ? { "If-Match": tag } : {}) };
  const body = JSON.stringify({ ...what, id });
  for (let turn = 0; ; turn++) {
    try {
      const told = await open(path, { method: "POST", headers, body, keepalive: true });
      return told.status === 202 ? await outcomeOf(id) : ((await told.json()) as Outcome);
    } catch (fault) {
      const again = fault instanceof Problem && fault.code === "outcome_pending" && turn < 3;
      if (!again) throw fault;
      await new Promise((on) => setTimeout(on, 1000));
    }
  }
}

function told(outcome: Outcome | null, text: string, about: string): void {
  if (outcome === null) return tell(say("plan.order.pending", { text }), "news", about);
  if (!outcome.accepted) return tell(`${text}: ${outcome.detail ?? outcome.refused ?? ""}`, "fault", about);
  const refused = outcome.done.filter((each) => each.refused !== null);
  if (refused.length === 0) return tell(say("plan.order.done", { text }), "news", about);
  const list = refused.map((each) => `${numberOf(each.task)} (${word("plan.refused", each.refused!)})`).join(", ");
  tell(say("plan.order.partly", { text, list }), "fault", about);
}

/** Give a task to a crew, after the ten seconds in which that can be taken back. */
export async function assign(district: string, task: string, crew: string): Promise<void> {
  const text = say("plan.assigning", { number: numberOf(task), crew: crewName(crew) });
  wait(task, crew);
  await undoable(text, async () => told(await give(district, { kind: "assign", task, crew }), text, task), task);
  wait(task, null);
}

export async function release(district: string, task: string, reason: string): Promise<void> {
  const text = say("plan.releasing", { number: numberOf(task) });
  await undoable(text, async () => told(await give(district, { kind: "release", task, reason }), text, task), task);
}

export async function lock(district: string, pin: Pin, lift = false): Promise<void> {
  const text = say(lift ? "plan.lifting" : "plan.locking", { number: numberOf(pin.task) });
  const about = `lock ${pin.task}`;
  try {
    told(await give(district, { kind: "pin", pin, lift }), text, about);
  } catch (fault) {
    tellFault(fault, about);
  }
}

/** How many of these changes a newer plan would not make any more. */
function missing(planned: Planned, wanted: ReadonlyMap<string, string | null>): number {
  const made = new Map(linesOf(planned).map((line) => [line.task, line.to]));
  return [...wanted].filter(([task, crew]) => made.get(task) !== crew).length;
}

/**
 * Take up all of a proposed plan, some of it, or none (empty). Boards plan anew all the time: where
 * the newer plan makes the same changes, the order is given to that one; where not, nothing is sent.
 */
export async function accept(first: Planned, tasks: string[] | null): Promise<void> {
  const none = tasks !== null && tasks.length === 0;
  const lines = changes(linesOf(first)).filter((line) => tasks === null || tasks.includes(line.task));
  const wanted = new Map(lines.filter((line) => line.what !== "retimed").map((line) => [line.task, line.to]));
  const text = none ? say("plan.declining") : say("plan.accepting", { count: lines.length });
  const about = `plan ${first.district}`;
  const deed = async () => {
    let [planned, chosen] = [first, tasks];
    for (let turn = 0; ; turn++) {
      try {
        return told(await give(planned.district, { kind: "accept", plan: planned.hash, tasks: chosen }, planned.tag), text, about);
      } catch (fault) {
        if (!(fault instanceof Problem && fault.status === 412)) throw fault;
        const newer = await readPlan(planned.district);
        const gone = newer === null ? wanted.size : missing(newer, wanted);
        if (newer === null || gone > 0 || none || turn > 4) return tell(say("plan.overtaken", { n: gone }), "fault", about);
        [planned, chosen] = [newer, lines.map((line) => line.task)];
      }
    }
  };
  await undoable(text, deed, about);
}

export async function setMode(district: string, mode: string, reason: string): Promise<void> {
  const text = say("plan.mode.setting", { mode: word("plan.mode", mode) });
  const about = `mode ${district}`;
  try {
    told(await give(district, { kind: "mode", mode, reason }, "*"), text, about);
  } catch (fault) {
    tellFault(fault, about);
  }
}
