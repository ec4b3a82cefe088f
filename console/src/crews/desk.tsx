// Crews: who they are, what they can and carry, how long they are still here, and how fresh that is.
import { placeOf } from "../dispatch/told";
import { cut, districts, facts } from "../facts/store";
import { clockIn, span } from "../facts/times";
import type { Crew } from "../shapes";
import { useKeys } from "../shell/keys";
import { outageHref } from "../escalations/desk";
import { named, say, word } from "../words";
import { Aside } from "./aside";
import "./crews.css";
import * as roster from "./roster";

export function districtName(id: string): string {
  const found = districts.value.find((each) => each.id === id);
  return found ? named(found.name) : id;
}

export function Signs({ crew }: { crew: Crew }) {
  const booked = roster.bookedNow(crew);
  return (
    <>
      {booked && <small class="is-warn">{say(`crews.${booked.kind}`, { time: clockIn(booked.until, crew.district) })}{booked.place && ` · ${booked.place}`}</small>}
      {roster.isLent(crew) && <small class="is-warn">{say("crews.lent", { district: districtName(crew.planned_by) })}</small>}
    </>
  );
}

export function Ping({ crew }: { crew: Crew }) {
  const age = roster.ageOf(crew);
  if (age === null) return <>{say("crews.never")}{roster.isStale(crew) && <small>{say("crews.depot")}</small>}</>;
  const stale = roster.isStale(crew);
  return <><span class={stale ? "is-warn" : ""}>{say("crews.ago", { span: span(age) })}</span>{stale && <small class="is-warn">{say("crews.stale")}</small>}</>;
}

function Task({ crew }: { crew: Crew }) {
  if (crew.task === null) return <span class="quiet-text">–</span>;
  const outage = facts.outage.value.get(crew.task.outage);
  return (
    <>
      <a href={outageHref(crew.task.outage)}>{outage ? `#${outage.number}` : say("crews.outage")}</a> {word("task_state", crew.task.state)}
      {outage && <small>{placeOf(outage)}</small>}
    </>
  );
}

export function Shift({ crew }: { crew: Crew }) {
  const left = roster.hoursLeft(crew);
  const shift = crew.shift;
  if (shift === null) return <span class="quiet-text">{say("crews.no_shift")}</span>;
  const from = clockIn(shift.starts_at, crew.district);
  const to = clockIn(shift.ends_at, crew.district);
  const near = left !== null && left < 60 * 60_000;
  return (
    <>
      {left === null ? say("crews.from", { time: from }) : <span class={near ? "is-warn" : ""}>{say("crews.left", { span: span(left) })}</span>}
      <small>{say("crews.span", { from, to })}</small>
    </>
  );
}

function Line({ crew }: { crew: Crew }) {
  const standing = roster.standingOf(crew);
  const current = roster.chosen.value === crew.id;
  return (
    <tr aria-current={current ? "true" : undefined} data-crew={crew.id}>
      <td>
        <button type="button" class="row" onClick={() => (roster.chosen.value = current ? null : crew.id)} aria-expanded={current}>{named(crew.name)}</button>
        {districts.value.length > 1 && <small>{districtName(crew.district)}</small>}
      </td>
      <td><span class={`dot ${standing}`} aria-hidden="true" />{say(`crews.standing.${standing}`)}<Signs crew={crew} /></td>
      <td><Task crew={crew} /></td>
      <td class="number">{crew.load}</td>
      <td><Shift crew={crew} /></td>
      <td>{crew.skills.map((each) => word("skill", each)).join(say("comma"))}{crew.kit.length > 0 && <small>{crew.kit.map((each) => word("kit", each)).join(say("comma"))}</small>}</td>
      <td><Ping crew={crew} /></td>
    </tr>
  );
}

function Head() {
  const { shown, active, counts, only } = roster;
  return (
    <div class="leaf-head">
      <h1>{say("desk.crews")}</h1>
      <span class="counted" data-count role="status">{say(cut.value.has("crew") ? "shown.more" : "shown", { n: shown.value.length, m: active.value.length })}</span>
      <span class="sieve" role="group" aria-label={say("crews.state")}>
        {roster.STANDINGS.map((each) => (
          <button type="button" key={each} aria-pressed={only.value === each} onClick={() => (only.value = only.value === each ? "" : each)} data-only={each}>
            <span class={`dot ${each}`} aria-hidden="true" />{say(`crews.standing.${each}`)} <b>{counts.value[each]}</b>
          </button>
        ))}
      </span>
      <input type="search" id="search" value={roster.search.value} placeholder={say("crews.search")} aria-label={say("crews.search")} onInput={(event) => (roster.search.value = event.currentTarget.value)} />
      {districts.value.length > 1 && (
        <select aria-label={say("dispatch.district")} value={roster.inDistrict.value} onChange={(event) => (roster.inDistrict.value = event.currentTarget.value)}>
          <option value="">{say("dispatch.all_districts")}</option>
          {districts.value.map((each) => <option value={each.id} key={each.id}>{named(each.name)}</option>)}
        </select>
      )}
    </div>
  );
}

function step(by: number): void {
  const rows = roster.shown.value;
  const at = rows.findIndex((crew) => crew.id === roster.chosen.value);
  const next = rows[Math.min(rows.length - 1, Math.max(0, at + by))];
  if (next === undefined) return;
  roster.chosen.value = next.id;
  document.querySelector(`[data-crew="${CSS.escape(next.id)}"]`)?.scrollIntoView({ block: "nearest" });
}

export default function Desk() {
  const crew = roster.chosen.value === null ? undefined : facts.crew.value.get(roster.chosen.value);
  useKeys("desk.crews", [
    { key: "ArrowDown", word: "crews.next", run: () => step(1) },
    { key: "ArrowUp", word: "crews.before", run: () => step(-1) },
    { key: "/", word: "key.search", run: () => document.getElementById("search")?.focus() },
    { key: "Escape", word: "crews.none_chosen", run: () => (roster.chosen.value = null) },
  ]);
  return (
    <>
      <Head />
      <div class={crew ? "beside" : "alone"}>
        <div class="leaf" tabIndex={0} role="region" aria-label={say("desk.crews")}>
          <table class="sheet-table">
            <thead>
              <tr>
                {(["crew", "state", "task", "load", "shift", "skills", "place"] as const).map((each) => <th scope="col" class={each === "load" ? "number" : ""} key={each}>{say(`crews.${each}`)}</th>)}
              </tr>
            </thead>
            <tbody>{roster.shown.value.map((each) => <Line key={each.id} crew={each} />)}</tbody>
          </table>
          {roster.shown.value.length === 0 && <p class="quiet-text nothing">{say("crews.none_pass")}</p>}
        </div>
        {crew && <Aside crew={crew} />}
      </div>
    </>
  );
}
