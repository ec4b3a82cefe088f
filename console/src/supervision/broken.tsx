// Every open order whose promised arrival was not kept, the longest first, and how it stands.
import { outageHref } from "../escalations/desk";
import { OutageMark, placeOf, stateOf, whyOf } from "../dispatch/told";
import { now } from "../facts/house";
import { isBroken, isUnassigned } from "../facts/standing";
import { facts } from "../facts/store";
import { clockIn, span } from "../facts/times";
import { crewName } from "../plan/orders";
import type { Outage } from "../shapes";
import { say } from "../words";

const MOST = 300;

function lateOf(outage: Outage): number {
  const came = outage.arrived_at === null ? (now.value ?? 0) : Date.parse(outage.arrived_at);
  return came - Date.parse(outage.arrival_deadline!);
}

function reason(outage: Outage): string {
  if (outage.arrived_at !== null) return say("supervision.came_late", { time: clockIn(outage.arrived_at, outage.district) });
  if (isUnassigned(outage)) return say("supervision.nobody_sent");
  const crew = outage.tasks.find((task) => task.crew !== null)?.crew;
  return say("supervision.not_there", { crew: crewName(crew), state: stateOf(outage) });
}

export function Broken() {
  const at = now.value ?? 0;
  const rows = [...facts.outage.value.values()].filter((each) => isBroken(each, at)).sort((a, b) => lateOf(b) - lateOf(a));
  return (
    <>
      <p class="lead" data-count>{say("shown", { n: Math.min(MOST, rows.length), m: rows.length })}</p>
      {rows.length === 0 ? <p class="quiet-text nothing">{say("supervision.none_broken")}</p> : (
        <table class="sheet-table">
          <thead><tr>{(["outage", "promise", "by_how_much", "why"] as const).map((each) => <th scope="col" key={each}>{say(`supervision.${each}`)}</th>)}</tr></thead>
          <tbody>
            {rows.slice(0, MOST).map((each) => (
              <tr key={each.id} data-broken={each.id}>
                <td><span class="marked"><OutageMark outage={each} /><a href={outageHref(each.id)}>#{each.number}</a> {placeOf(each)}</span><small>{whyOf(each)}</small></td>
                <td>{clockIn(each.arrival_deadline!, each.district)}</td>
                <td class="is-danger">{span(lateOf(each))}</td>
                <td>{reason(each)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </>
  );
}
