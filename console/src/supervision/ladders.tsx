// Who is told next of which order, and, of one order, everything that was told and what comes.
import { signal } from "@preact/signals";
import { outageHref } from "../escalations/desk";
import { OutageMark, placeOf } from "../dispatch/told";
import { now } from "../facts/house";
import { facts } from "../facts/store";
import { clockIn, countdown } from "../facts/times";
import type { Outage, OutageWhole, Schemas } from "../shapes";
import { say, word } from "../words";
import { useRead } from "./read";

const MOST = 300;
const open = signal<string | null>(null);

function Whole({ outage }: { outage: Outage }) {
  const path = `/v1/outages/${encodeURIComponent(outage.id)}`;
  const whole = useRead<OutageWhole>(path, outage.seq);
  const story = useRead<Schemas["Story"]>(`${path}/timeline?limit=200`, outage.seq);
  if (whole.found === null || story.found === null) return <p>{whole.fault ?? story.fault ?? say("loading")}</p>;
  const told = story.found.items.filter((line) => line.kind === "rung_climbed" || line.kind === "rung_acknowledged");
  return (
    <div class="halves">
      <div>
        <h3>{say("supervision.was_told")}</h3>
        {told.length === 0 ? <p class="quiet-text">{say("supervision.nobody_told")}</p> : <ol class="plain">{told.map((line, n) => <li key={n}><time>{clockIn(line.at, outage.district)}</time> {line.sentence}</li>)}</ol>}
      </div>
      <div>
        <h3>{say("supervision.comes")}</h3>
        <ul class="plain">
          {whole.found.deadlines.map((each) => (
            <li key={each.key}>
              <b>{word("ladder", each.ladder)}</b> {say("supervision.by", { time: clockIn(each.due, outage.district) })}
              {each.next_rung ? <small>{say("supervision.then", { who: word("told", each.next_rung.to), time: clockIn(each.next_rung.at, outage.district), percent: each.next_rung.percent })}</small> : <small>{say("supervision.no_more")}</small>}
            </li>
          ))}
        </ul>
      </div>
    </div>
  );
}

function Line({ outage }: { outage: Outage }) {
  const rung = outage.next_rung!;
  const left = now.value === null ? 0 : Date.parse(rung.at) - now.value;
  const shown = open.value === outage.id;
  return (
    <>
      <tr aria-current={shown ? "true" : undefined} data-ladder={outage.id}>
        <td><span class="marked"><OutageMark outage={outage} /><a href={outageHref(outage.id)}>#{outage.number}</a> {placeOf(outage)}</span></td>
        <td>{word("ladder", rung.ladder)}<small>{say("supervision.by", { time: clockIn(rung.due, outage.district) })}</small></td>
        <td class={left < 0 ? "is-danger" : ""}>{left < 0 ? say("supervision.now") : countdown(left)}<small>{clockIn(rung.at, outage.district)}</small></td>
        <td>{word("told", rung.to)}<small>{say("supervision.percent", { percent: rung.percent })}</small></td>
        <td><button type="button" aria-expanded={shown} onClick={() => (open.value = shown ? null : outage.id)}>{say("supervision.whole")}</button></td>
      </tr>
      {shown && <tr class="opened"><td colSpan={5}><Whole outage={outage} /></td></tr>}
    </>
  );
}

export function Ladders() {
  const rows = [...facts.outage.value.values()].filter((each) => each.next_rung !== null).sort((a, b) => a.next_rung!.at.localeCompare(b.next_rung!.at));
  return (
    <>
      <p class="lead" data-count>{say("shown", { n: Math.min(MOST, rows.length), m: rows.length })} · {say("supervision.without_rung", { n: facts.outage.value.size - rows.length })}</p>
      {rows.length === 0 ? <p class="quiet-text nothing">{say("supervision.no_rung")}</p> : (
        <table class="sheet-table">
          <thead><tr>{(["outage", "deadline", "next_in", "told_next", "whole"] as const).map((each) => <th scope="col" key={each}>{say(`supervision.${each}`)}</th>)}</tr></thead>
          <tbody>{rows.slice(0, MOST).map((each) => <Line outage={each} key={each.id} />)}</tbody>
        </table>
      )}
    </>
  );
}
