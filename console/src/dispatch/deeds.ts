// What the interface allows now, with what each deed has to be asked for.
import { Problem, send } from "../api";
import { know } from "../facts/store";
import type { Schemas } from "../shapes";
import { tell, tellFault } from "../shell/toasts";
import { say, word } from "../words";

export type Field =
  | { name: string; kind: "code"; of: readonly string[]; optional?: boolean }
  | { name: string; kind: "number"; least: number }
  | { name: string; kind: "flag" }
  | { name: string; kind: "minutes"; of: readonly number[] }
  | { name: string; kind: "text"; optional?: boolean }
  | { name: string; kind: "report" };

export const FORMS: Record<string, readonly Field[]> = {
  refuse: [{ name: "reason", kind: "code", of: ["too_far", "no_access", "no_material", "wrong_skill", "end_of_shift", "other"] }],
  cancel_task: [{ name: "reason", kind: "code", of: ["not_needed", "duplicate", "other"] }],
  release: [{ name: "reason", kind: "code", of: ["needed_elsewhere", "too_late", "crew_unavailable", "other"] }],
  hold: [{ name: "reason", kind: "code", of: ["access", "material", "clearance", "trees", "weather", "third_party"] }],
  need_parts: [{ name: "part", kind: "code", of: ["fuse", "insulator", "conductor_m", "cable_m", "pole", "transformer_100kva", "transformer_200kva"] }, { name: "count", kind: "number", least: 0 }],
  restore_part: [{ name: "customers_back", kind: "number", least: 1 }],
  restore: [{ name: "temporary", kind: "flag" }],
  find_customer_side: [{ name: "told", kind: "code", of: ["in_person", "by_phone", "notice_left"] }],
  complete: [{ name: "cause", kind: "code", optional: true, of: ["equipment", "weather", "trees", "animals", "third_party", "overload", "unknown"] }],
  give_estimate: [{ name: "etr", kind: "minutes", of: [30, 60, 120, 240, 480] }],
  cancel: [{ name: "reason", kind: "code", of: ["false_report", "self_restored", "customer_side"] }],
  urge: [{ name: "reason", kind: "code", of: ["customer_called", "promise_near", "supervisor_asked"] }],
  add_task: [{ name: "task_kind", kind: "code", of: ["make_safe", "assess", "cut_trees", "repair", "make_permanent"] }],
  begin_work: [{ name: "safety_officer", kind: "text", optional: true }],
  contact_customer: [{ name: "reached", kind: "flag" }],
  reopen: [{ name: "report", kind: "report" }],
};

/** Rungs are taken over where the page stands, and boards give orders. */
export const ELSEWHERE = new Set(["acknowledge_rung"]);

export function codeWord(name: string): string {
  const domain = word("because", name);
  if (domain !== name) return domain;
  const kind = word("task_kind", name);
  return kind !== name ? kind : word("code", name);
}

/** Do one action; the same id is sent again where the outcome is not known. */
export async function act(outage: string, kind: string, task: string | null, fields: Record<string, unknown>): Promise<boolean> {
  const id = `desk-${crypto.randomUUID()}`;
  const about = `${kind} ${task ?? outage}`;
  const body = { kind, id, ...(task === null ? {} : { task }), ...fields };
  for (let turn = 0; ; turn++) {
    try {
      await send<Schemas["ActionDone"]>(`/v1/outages/${encodeURIComponent(outage)}/actions`, body);
      tell(say("dispatch.acted", { what: word("move", kind) }), "news", about);
      return true;
    } catch (fault) {
      if (fault instanceof Problem && fault.code === "outcome_pending" && turn < 3) {
        await new Promise((on) => setTimeout(on, 1000));
        continue;
      }
      tellFault(fault, about);
      return false;
    }
  }
}

/** Say that what was paged is taken over; throws what the api says against it. */
export async function acknowledge(page: Schemas["PageShown"]): Promise<void> {
  await send(`/v1/pages/${encodeURIComponent(page.id)}/acknowledge`, { id: `desk-${crypto.randomUUID()}` });
  know("page", { ...page, acknowledged_at: new Date().toISOString() });
}

/** Take over what was paged, and tell what came of it. */
export async function takeOver(page: Schemas["PageShown"]): Promise<boolean> {
  try {
    await acknowledge(page);
    tell(say("dispatch.taken_over", { number: page.outage.number ?? "–" }), "news", page.id);
    return true;
  } catch (fault) {
    tellFault(fault, page.id);
    return false;
  }
}
