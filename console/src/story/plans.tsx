// How the plans around a decision changed for an order: one line each time they said something else.
import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { Problem, all } from "../api";
import { clockIn, clockOf, span } from "../facts/times";
import type { Schemas } from "../shapes";
import { named, say } from "../words";
import { decisionOf, lines, outage, type Line } from "./told";

type Run = Schemas["PlanOfOutage"];
type Planned = Run["tasks"][number];
interface Said {
  run: Run;
  planned: Planned;
  /** How many plans after this one said the same. */
  same: number;
}

const MOST = 400;
const SAME_MS = 60_000;
const runs = signal<{ of: string; items: readonly Run[]; whole: boolean; fault: string | null } | null>(null);

async function read(of: string): Promise<void> {
  if (runs.value?.of === of && runs.value.fault === null) return;
  try {
    const found = await all<Run>(`/v1/outages/${encodeURIComponent(of)}/plans`, MOST);
    runs.value = { of, items: [...found.items].reverse(), whole: found.whole, fault: null };
  } catch (error) {
    runs.value = { of, items: [], whole: true, fault: error instanceof Problem && error.message ? error.message : say("toast.no_line") };
  }
}

function alike(a: Planned, b: Planned): boolean {
  return a.crew === b.crew && a.reason === b.reason && Math.abs(Date.parse(a.eta ?? "") - Date.parse(b.eta ?? "")) < SAME_MS === (a.eta !== null);
}

/** Between which times a decision stands: since the one before it, until the one after it. */
function around(line: Line, task: string): [number, number] {
  const times = lines.value.filter((each) => decisionOf(each)?.task === task).map((each) => Date.parse(each.at));
  const at = Date.parse(line.at);
  return [Math.max(0, ...times.filter((each) => each < at)), Math.min(Infinity, ...times.filter((each) => each > at))];
}

function saidOf(line: Line, task: string, plan: string): Said[] {
  const [since, until] = around(line, task);
  const found: Said[] = [];
  for (const run of runs.value?.items ?? []) {
    const planned = run.tasks.find((each) => each.task === task);
    const at = Date.parse(run.at);
    if (planned === undefined || at < since || at > until) continue;
    const last = found.at(-1);
    if (last !== undefined && alike(last.planned, planned) && run.plan_hash !== plan) last.same += 1;
    else found.push({ run, planned, same: 0 });
  }
  return found;
}

function Meant({ planned, district }: { planned: Planned; district: string }) {
  if (planned.crew === null) return <><td class="is-warn">{say("dispatch.nobody")}</td><td colSpan={2}>{planned.reason}</td></>;
  const late = (planned.late_s ?? 0) > 0;
  return (
    <>
      <td>{planned.crew_name === null ? planned.crew : named(planned.crew_name)}</td>
      <td>{clockIn(planned.eta!, district)}</td>
      <td class={late ? "is-danger" : ""}>
        {late ? say("story.plans.late", { span: span(planned.late_s! * 1000) }) : planned.slack_s === null ? "–" : say("story.plans.in_time", { span: span(planned.slack_s * 1000) })}
      </td>
    </>
  );
}

export function Plans({ line }: { line: Line }) {
  const asked = decisionOf(line)!;
  const { id, district } = outage.value!;
  useEffect(() => void read(id), [id]);
  const found = runs.value?.of === id ? runs.value : null;
  if (found === null) return <p>{say("loading")}</p>;
  if (found.fault !== null) return <p role="status">{found.fault}</p>;
  const said = saidOf(line, asked.task, asked.plan);
  if (said.length === 0) return <p>{say("story.plans.none")}</p>;
  return (
    <>
      <table class="sheet-table plain" data-plans>
        <thead><tr>{(["when", "crew", "arrival", "promise"] as const).map((each) => <th scope="col" key={each}>{say(`story.plans.${each}`)}</th>)}</tr></thead>
        <tbody>
          {said.map(({ run, planned, same }) => (
            <tr key={run.id} class={run.plan_hash === asked.plan ? "this" : ""} data-plan={run.plan_hash}>
              <th scope="row">
                {clockOf(run.at, district)}
                {run.plan_hash === asked.plan && <b>{say("story.plans.this")}</b>}
                {same > 0 && <small>{say("story.plans.same", { n: same })}</small>}
              </th>
              <Meant planned={planned} district={district} />
            </tr>
          ))}
        </tbody>
      </table>
      {!found.whole && <small>{say("story.plans.more", { n: MOST })}</small>}
    </>
  );
}
