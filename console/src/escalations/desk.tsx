// What was paged to whoever sits here: the oldest first, taken over with one key.
import { computed, signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { takeOver } from "../dispatch/deeds";
import { OutageMark, placeOf, stateOf, whyOf } from "../dispatch/told";
import { now } from "../facts/house";
import { cut, districts, facts } from "../facts/store";
import { clockIn, countdown, span } from "../facts/times";
import type { Page, Role } from "../shapes";
import { useKeys } from "../shell/keys";
import { BASE, go } from "../shell/route";
import { me } from "../shell/session";
import { named, say, word } from "../words";
import "./escalations.css";

const TAKES: readonly Role[] = ["dispatcher", "callback_agent", "supervisor"];
const MOST = 500;
const chosen = signal<string | null>(null);
const inDistrict = signal("");
const onLadder = signal("");
/** Alerts that are being taken over, so that a second press does nothing. */
const busy = signal<ReadonlySet<string>>(new Set());

const known = computed(() => [...facts.page.value.values()].sort((a, b) => a.at.localeCompare(b.at) || a.id.localeCompare(b.id)));
const shown = computed(() =>
  known.value.filter((page) =>
    (inDistrict.value === "" || page.district === inDistrict.value) && (onLadder.value === "" || page.ladder === onLadder.value)),
);
const at = computed(() => Math.max(0, shown.value.findIndex((page) => page.id === chosen.value)));

function mayTake(): boolean {
  return me.value !== null && TAKES.includes(me.value.role);
}

export function outageHref(outage: string): string {
  const role = me.value?.role;
  const atMap = role === "dispatcher" || role === "supervisor" || role === "auditor" || role === "admin";
  return atMap ? `${BASE}/dispatch?outage=${encodeURIComponent(outage)}` : `${BASE}/story/${encodeURIComponent(outage)}`;
}

async function take(page: Page | undefined): Promise<void> {
  if (page === undefined || !mayTake() || busy.value.has(page.id)) return;
  const next = shown.value[at.value + 1] ?? shown.value[at.value - 1];
  busy.value = new Set(busy.value).add(page.id);
  const done = await takeOver(page);
  busy.value = new Set([...busy.value].filter((each) => each !== page.id));
  if (done && chosen.value === page.id) chosen.value = next?.id ?? null;
}

function step(by: number): void {
  const next = shown.value[Math.min(shown.value.length - 1, Math.max(0, at.value + by))];
  if (next === undefined) return;
  chosen.value = next.id;
  document.querySelector(`[data-page="${CSS.escape(next.id)}"]`)?.scrollIntoView({ block: "nearest" });
}

function Due({ page }: { page: Page }) {
  if (page.due === null || now.value === null) return <>–</>;
  const left = Date.parse(page.due) - now.value;
  const told = left < 0 ? say("escalations.late_by", { time: countdown(-left) }) : say("escalations.left", { time: countdown(left) });
  return <><b class={left < 0 ? "is-danger" : left < 15 * 60_000 ? "is-warn" : ""}>{told}</b><small>{say("escalations.due_at", { time: clockIn(page.due, page.district) })}</small></>;
}

function About({ page }: { page: Page }) {
  const outage = page.outage.id ? facts.outage.value.get(page.outage.id) : undefined;
  if (page.outage.id === null) return <>–</>;
  return (
    <>
      <span class="marked">
        {outage && <OutageMark outage={outage} />}
        <a href={outageHref(page.outage.id)}>#{page.outage.number}</a>
        {outage && <span>{placeOf(outage)}</span>}
      </span>
      {outage && <small>{[stateOf(outage), whyOf(outage)].filter(Boolean).join(say("comma"))}</small>}
    </>
  );
}

function Line({ page, current }: { page: Page; current: boolean }) {
  const age = now.value === null ? 0 : Math.max(0, now.value - Date.parse(page.at));
  return (
    <tr aria-current={current ? "true" : undefined} data-page={page.id} onClick={() => (chosen.value = page.id)}>
      <td class="number"><b>{span(age)}</b><small>{clockIn(page.at, page.district)}</small></td>
      <td>
        {say("escalations.what", { ladder: word("ladder", page.ladder) })}
        <small>{say("escalations.used", { percent: page.percent })}</small>
        {page.call_customer && <small class="is-warn">{say("escalations.call_customer")}</small>}
      </td>
      <td><Due page={page} /></td>
      <td><About page={page} /></td>
      <td>{named(page.told)}{districts.value.length > 1 && <small>{districtName(page.district)}</small>}</td>
      <td class="does">
        {mayTake() && (
          <button type="button" class={current ? "chief" : ""} disabled={busy.value.has(page.id)} onClick={(event) => { event.stopPropagation(); chosen.value = page.id; void take(page); }} data-take
            aria-label={say("escalations.take_named", { number: page.outage.number ?? "–" })}>
            {say("escalations.take")}
          </button>
        )}
      </td>
    </tr>
  );
}

function districtName(id: string): string {
  const found = districts.value.find((each) => each.id === id);
  return found ? named(found.name) : id;
}

function Head() {
  const ladders = [...new Set(known.value.map((page) => page.ladder))].sort();
  return (
    <div class="leaf-head">
      <h1>{say("desk.escalations")}</h1>
      <span class="counted" data-count role="status">{say(cut.value.has("page") ? "shown.more" : "shown", { n: Math.min(MOST, shown.value.length), m: known.value.length })}</span>
      <label>{say("escalations.about")}{" "}
        <select value={onLadder.value} onChange={(event) => (onLadder.value = event.currentTarget.value)}>
          <option value="">{say("escalations.any")}</option>
          {ladders.map((each) => <option value={each} key={each}>{word("ladder", each)}</option>)}
        </select>
      </label>
      {districts.value.length > 1 && (
        <label>{say("dispatch.district")}{" "}
          <select value={inDistrict.value} onChange={(event) => (inDistrict.value = event.currentTarget.value)}>
            <option value="">{say("dispatch.all_districts")}</option>
            {districts.value.map((each) => <option value={each.id} key={each.id}>{named(each.name)}</option>)}
          </select>
        </label>
      )}
      {mayTake() && <span class="hint"><kbd>a</kbd> {say("escalations.take")} <kbd>↑</kbd><kbd>↓</kbd> <kbd>Enter</kbd> {say("escalations.open")}</span>}
    </div>
  );
}

export default function Desk() {
  const current = shown.value[at.value];
  useEffect(() => {
    if (chosen.value !== null && !shown.value.some((page) => page.id === chosen.value)) chosen.value = null;
  });
  useKeys("desk.escalations", [
    ...(mayTake() ? [{ key: "a", word: "escalations.take" as const, run: () => void take(current) }] : []),
    { key: "ArrowDown", word: "escalations.next", run: () => step(1) },
    { key: "ArrowUp", word: "escalations.before", run: () => step(-1) },
    { key: "Enter", word: "escalations.open", run: () => current?.outage.id && go(outageHref(current.outage.id).slice(BASE.length + 1)) },
  ]);
  return (
    <>
      <Head />
      <div class="leaf" tabIndex={0} role="region" aria-label={say("desk.escalations")}>
        {shown.value.length === 0 ? <p class="quiet-text nothing">{say(known.value.length === 0 ? "escalations.none" : "escalations.none_pass")}</p> : (
          <table class="sheet-table">
            <thead>
              <tr>
                <th scope="col" class="number">{say("escalations.since")}</th>
                <th scope="col">{say("escalations.alert")}</th>
                <th scope="col">{say("escalations.deadline")}</th>
                <th scope="col">{say("escalations.outage")}</th>
                <th scope="col">{say("escalations.to")}</th>
                <th scope="col"><span class="unseen">{say("escalations.take")}</span></th>
              </tr>
            </thead>
            <tbody>{shown.value.slice(0, MOST).map((page) => <Line key={page.id} page={page} current={page === current} />)}</tbody>
          </table>
        )}
      </div>
    </>
  );
}
