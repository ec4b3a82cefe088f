// One call to a reporter, from taking it to what it came to; what the crew claims is read only after.
import { computed, signal } from "@preact/signals";
import { Problem, ask, open, send } from "../api";
import type { Callback, OutageWhole, Schemas } from "../shapes";
import { tellFault } from "../shell/toasts";

export type Call = Schemas["NextCallShown"];
export const QUESTIONS = ["contacted_on_arrival", "commitment_kept", "satisfied"] as const;
export type Question = (typeof QUESTIONS)[number];
type Answers = { readonly [question in Question]?: boolean };
type Result = "answered" | "unanswered" | "still_off";

export interface Ended {
  call: Call;
  result: Result;
  answers: Answers;
  kept: Schemas["AttemptKept"];
  /** What the crew's own record says; null while it is read, or where it cannot be. */
  record: OutageWhole | null;
}

export const call = signal<Call | null>(null);
export const history = signal<Callback["tries"]>([]);
export const answers = signal<Answers>({});
export const ended = signal<Ended | null>(null);
/** Nobody was due when it was last asked. */
export const idle = signal(false);
export const busy = signal(false);
export const remark = signal("");
/** The question that waits for its answer; null when all three have theirs. */
export const current = computed(() => QUESTIONS.find((each) => answers.value[each] === undefined) ?? null);

const KEPT = "relight.call";
let attempt = "";

export async function next(): Promise<void> {
  if (busy.value || call.value !== null) return;
  busy.value = true;
  try {
    const told = await open("/v1/callbacks/next");
    const found = told.status === 204 ? null : ((await told.json()) as Call);
    idle.value = found === null;
    if (found !== null) begin(found);
  } catch (fault) {
    tellFault(fault);
  } finally {
    busy.value = false;
  }
}

function begin(found: Call): void {
  ended.value = null;
  answers.value = {};
  remark.value = "";
  // One call is one attempt: sent again it is the same.
  attempt = `call-${crypto.randomUUID()}`;
  call.value = found;
  sessionStorage.setItem(KEPT, found.id);
  history.value = [];
  // The call can be made and ended while this is still being read.
  void recall(found);
}

async function recall(found: Call): Promise<void> {
  try {
    const path = `/v1/callbacks?outage=${encodeURIComponent(found.outage_id)}&limit=200`;
    const page = await ask<Schemas["Page_CallbackShown_"]>(path);
    const same = page.items.filter((each) => each.report_id === found.report_id);
    if (call.peek() === found) history.value = same.flatMap((each) => each.tries);
  } catch {
    // The call can be made without what was tried before.
  }
}

/** A call that was in hand when the page was left is still this agent's: it is taken up again. */
export function resume(): void {
  if (call.peek() === null && sessionStorage.getItem(KEPT) !== null) void next();
}

export function answer(yes: boolean): void {
  const question = current.value;
  if (call.value !== null && question !== null) answers.value = { ...answers.value, [question]: yes };
}

export function back(): void {
  const given = QUESTIONS.filter((each) => answers.value[each] !== undefined);
  const last = given[given.length - 1];
  if (last !== undefined) answers.value = { ...answers.value, [last]: undefined };
}

export async function end(result: Result): Promise<void> {
  const made = call.value;
  if (made === null || busy.value || (result === "answered" && current.value !== null)) return;
  busy.value = true;
  const given = result === "answered" ? answers.value : {};
  const body = {
    id: attempt,
    result: result === "unanswered" ? "unanswered" : "answered",
    ...given,
    ...(result === "still_off" ? { still_off: true } : {}),
    ...(remark.value.trim() === "" ? {} : { note: remark.value.trim() }),
  };
  try {
    const kept = await send<Schemas["AttemptKept"]>(`/v1/callbacks/${encodeURIComponent(made.id)}/attempts`, body);
    sessionStorage.removeItem(KEPT);
    ended.value = { call: made, result, answers: given, kept, record: null };
    call.value = null;
    if (result !== "unanswered") void read(made);
  } catch (fault) {
    tellFault(fault);
    // It is not this agent's any more: the lease ran out, or somebody else ended it.
    if (fault instanceof Problem && [403, 404, 409].includes(fault.status)) letGo();
  } finally {
    busy.value = false;
  }
}

function letGo(): void {
  sessionStorage.removeItem(KEPT);
  call.value = null;
}

async function read(made: Call): Promise<void> {
  try {
    const record = await ask<OutageWhole>(`/v1/outages/${encodeURIComponent(made.outage_id)}`);
    if (ended.peek()?.call === made) ended.value = { ...ended.peek()!, record };
  } catch (fault) {
    tellFault(fault);
  }
}
