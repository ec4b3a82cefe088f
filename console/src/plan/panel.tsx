// What the latest plan would change, line by line, to be taken up whole, in part or not at all.
import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { facts } from "../facts/store";
import { clockIn } from "../facts/times";
import type { Board } from "../shapes";
import { select, selected } from "../dispatch/chosen";
import { mayOrder } from "../dispatch/drawer";
import { placeOf } from "../dispatch/told";
import { Icon } from "../shell/icon";
import { say, word } from "../words";
import { reasonTold } from "./choose";
import { Mode } from "./mode";
import { wondering } from "./open";
import { accept, crewName } from "./orders";
import { planFault, plans, type Planned } from "./plans";
import { changes, proposals, type Line } from "./proposal";

const FIRST = 100;
/** How many lines are drawn; the rest is asked for. */
const most = signal(FIRST);
const picked = signal<ReadonlySet<string>>(new Set());
/** Plans that were answered here, until the board says what they have become. */
const answered = signal<ReadonlySet<string>>(new Set());

function effect(line: Line): { told: string; bad: boolean } {
  if (line.what === "dropped" || line.what === "left") return { told: line.reason ? reasonTold(line.reason) : "", bad: true };
  if (line.due === null) return { told: say("plan.no_promise"), bad: false };
  const minutes = Math.round(Math.abs(line.late_s ?? 0) / 60);
  return (line.late_s ?? 0) > 0
    ? { told: say("plan.too_late", { minutes: Math.max(1, minutes) }), bad: true }
    : { told: say("plan.in_time", { minutes }), bad: false };
}

function toggle(task: string): void {
  const next = new Set(picked.value);
  if (!next.delete(task)) next.add(task);
  picked.value = next;
}

function Row({ line, open }: { line: Line; open: boolean }) {
  const { told, bad } = effect(line);
  const choosable = open && line.what !== "left" && line.stale === null && line.what !== "dropped";
  const zone = line.outage?.district;
  return (
    <tr class={line.stale ? "grey" : ""} aria-current={selected.value?.id === line.outage?.id && line.outage ? "true" : undefined} data-line={line.task}>
      <td>{choosable && <input type="checkbox" checked={picked.value.has(line.task)} onChange={() => toggle(line.task)} aria-label={say("plan.pick", { number: line.number ?? "–" })} />}</td>
      <td><span class={`tag ${line.what}`}>{word("plan.what", line.what)}</span>{line.danger && <Icon name="bolt" label={say("priority.danger")} />}</td>
      <th scope="row">
        <button type="button" class="row" onClick={() => line.outage && select({ kind: "outage", id: line.outage.id })}>#{line.number ?? "–"}</button>
        <small> {line.kind && word("task_kind", line.kind)} · {line.outage && placeOf(line.outage)}</small>
      </th>
      <td>{line.from !== null && line.from !== line.to && `${crewName(line.from)} → `}{line.to !== null ? crewName(line.to) : say("dispatch.nobody")}</td>
      <td>{line.told && `${clockIn(line.told, zone)} → `}{line.eta ? clockIn(line.eta, zone) : "–"}</td>
      <td class={bad ? "is-danger" : ""}>{line.stale ? word("plan.stale", line.stale) : told}</td>
      <td><button type="button" onClick={() => (wondering.value = line.task)}>{say("plan.why")}</button></td>
    </tr>
  );
}

async function answer(planned: Planned, tasks: string[] | null): Promise<void> {
  answered.value = new Set([...answered.value, planned.hash]);
  picked.value = new Set();
  await accept(planned, tasks);
  answered.value = new Set([...answered.value].filter((each) => each !== planned.hash));
}

function Buttons({ planned, lines }: { planned: Planned; lines: Line[] }) {
  const all = changes(lines);
  const some = all.filter((each) => picked.value.has(each.task)).map((each) => each.task);
  return (
    <span class="buttons">
      <button type="button" class="chief" disabled={all.length === 0} onClick={() => void answer(planned, null)} data-accept="all">{say("plan.accept_all", { n: all.length })}</button>
      <button type="button" disabled={some.length === 0} onClick={() => void answer(planned, some)} data-accept="some">{say("plan.accept_some", { n: some.length })}</button>
      <button type="button" onClick={() => void answer(planned, [])} data-accept="none">{say("plan.accept_none")}</button>
    </span>
  );
}

function Proposal({ board, planned }: { board: Board; planned: Planned }) {
  const lines = proposals.value.get(board.district) ?? [];
  const open = board.mode === "advise" && planned.status === "proposed" && !answered.value.has(planned.hash);
  const kept = planned.plan.routes?.reduce((sum, route) => sum + (route.visits?.length ?? 0), 0) ?? 0;
  const changed = lines.filter((each) => each.what !== "left").length;
  return (
    <section class="proposal" data-proposal={board.district}>
      <header>
        <Mode board={board} />
        <span>{say("plan.made_at", { time: clockIn(planned.at, board.district) })} · {word("plan.status", answered.value.has(planned.hash) ? "answered" : planned.status)}</span>
        <span class="quiet-text">{say("plan.counts", { changed, kept: Math.max(0, kept - lines.filter((each) => each.to !== null).length), left: lines.filter((each) => each.what === "left").length })}</span>
        {open && mayOrder() && <Buttons planned={planned} lines={lines} />}
      </header>
      {lines.length === 0 ? <p class="quiet-text">{say("plan.nothing")}</p> : (
        <table class="plain">
          <thead>
            <tr>
              <th scope="col"><span class="unseen">{say("plan.choose")}</span></th>
              <th scope="col">{say("plan.change")}</th>
              <th scope="col">{say("plan.outage")}</th>
              <th scope="col">{say("crew.name")}</th>
              <th scope="col">{say("gantt.arrival")}</th>
              <th scope="col">{say("plan.effect")}</th>
              <th scope="col"><span class="unseen">{say("plan.why")}</span></th>
            </tr>
          </thead>
          <tbody>{lines.slice(0, most.value).map((line) => <Row key={line.task} line={line} open={open} />)}</tbody>
        </table>
      )}
      {lines.length > most.value && (
        <p>{say("shown", { n: most.value, m: lines.length })} <button type="button" onClick={() => (most.value += 5 * FIRST)}>{say("plan.more")}</button></p>
      )}
    </section>
  );
}

function Orders({ board }: { board: Board }) {
  if (board.orders.length === 0) return null;
  return (
    <details class="orders">
      <summary>{say("plan.orders")}</summary>
      <ul class="plain">
        {board.orders.map((order) => {
          const refused = order.outcome?.detail ?? order.outcome?.refused;
          const inner = order.outcome?.done.filter((each) => each.refused !== null).length ?? 0;
          return (
            <li key={order.order_id}>
              <time>{clockIn(order.at, board.district)}</time> {word("plan.kind", order.kind)} · {order.subject} ·{" "}
              {order.outcome === null ? say("plan.outcome.pending") : refused ? <span class="is-danger">{refused}</span> : inner > 0 ? say("plan.outcome.partly", { n: inner }) : say("plan.outcome.done")}
            </li>
          );
        })}
      </ul>
    </details>
  );
}

export function Panel() {
  const boards = [...facts.board.value.values()];
  useEffect(() => {
    const known = new Set([...plans.value.values()].flatMap((each) => (proposals.value.get(each.district) ?? []).map((line) => line.task)));
    if ([...picked.value].some((task) => !known.has(task))) picked.value = new Set([...picked.value].filter((task) => known.has(task)));
  }, [plans.value]);
  return (
    <div class="scrolls" role="region" aria-label={say("plan.title")} tabIndex={0}>
      {planFault.value !== null && <p class="notice" role="status">{say("plan.fault_read", { reason: planFault.value })}</p>}
      {boards.map((board) => {
        const planned = plans.value.get(board.district);
        return (
          <div key={board.district}>
            {planned ? <Proposal board={board} planned={planned} /> : <section class="proposal"><header><Mode board={board} /><span>{say("plan.none_yet")}</span></header></section>}
            <Orders board={board} />
          </div>
        );
      })}
    </div>
  );
}

/** How many lines wait for an answer, over all boards that ask for one. */
export function waiting(): number {
  let count = 0;
  for (const [district, planned] of plans.value)
    if (facts.board.value.get(district)?.mode === "advise" && planned.status === "proposed") count += changes(proposals.value.get(district) ?? []).length;
  return count;
}
