// What stands at the caller's place: announced work, open outages, and what was before.
import { useSignal } from "@preact/signals";
import { DeviceDialog } from "../dispatch/device";
import { clockIn } from "../facts/times";
import { me } from "../shell/session";
import type { OutageNear } from "../shapes";
import { statusWord } from "../dispatch/told";
import { say, word } from "../words";
import { drawn, matches } from "./call";
import { Regroup } from "./regroup";

export function Standing() {
  const here = matches.value;
  if (here === null) return <p class="quiet-text">{say("incoming.no_place_yet")}</p>;
  return (
    <>
      {here.planned !== null && (
        <p class="planned" role="status"><b>{say("incoming.planned")}</b> {here.planned.said} ({clockIn(here.planned.until, here.district)})</p>
      )}
      <h2>{say("incoming.outages")}</h2>
      {here.outages.length === 0 && <p>{say("incoming.no_outages", { minutes: here.arrival_minutes })}</p>}
      <ul class="near">
        {here.outages.map((each) => <NearOutage key={each.id} near={each} district={here.district} />)}
      </ul>
      <h2>{say("incoming.before")}</h2>
      {here.earlier.length === 0 && <p class="quiet-text">{say("incoming.nothing_before")}</p>}
      <ul class="earlier">
        {here.earlier.map((each) => (
          <li key={each.number}>
            {clockIn(each.received_at, here.district)} · {say("incoming.report_of", { report: each.number, outage: each.outage_number })}
            {each.same_phone && ` · ${say("incoming.same_phone")}`}
          </li>
        ))}
      </ul>
    </>
  );
}

function NearOutage({ near, district }: { near: OutageNear; district: string }) {
  const open = useSignal(false);
  const device = useSignal(false);
  const may = me.value?.role === "dispatcher" || me.value?.role === "supervisor";
  return (
    <li class={near.joins ? "joins" : ""} data-near={near.id}>
      <p>
        <b>{say("incoming.outage", { number: near.number })}</b> {statusWord(near.status)}
        {near.hazards.map((each) => <span class="tag danger" key={each}>{word("hazard", each)}</span>)}
        {near.joins && near.why !== null && <span class="tag well">{say("incoming.joins", { why: word("why", near.why) })}</span>}
      </p>
      <p class="quiet-text">
        {say("incoming.size", { reports: near.reports, customers: near.customers, metres: near.metres })}
        {near.arrived_at === null && near.arrival_deadline !== null && ` · ${say("incoming.crew_by", { at: clockIn(near.arrival_deadline, district) })}`}
        {near.arrived_at !== null && ` · ${say("incoming.crew_there")}`}
        {near.etr !== null && ` · ${say("incoming.back_by", { at: clockIn(near.etr, district) })}`}
      </p>
      <p class="buttons">
        <button type="button" aria-pressed={drawn.value === near.id} onClick={() => (drawn.value = drawn.value === near.id ? null : near.id)} data-draw>{say("incoming.draw")}</button>
        {may && near.restored_at === null && (
          <>
            <button type="button" onClick={() => (device.value = true)} data-device>{say("device.open")}</button>
            <button type="button" onClick={() => (open.value = true)} data-regroup>{say("regroup.open")}</button>
          </>
        )}
      </p>
      {device.value && <DeviceDialog outage={near.id} number={near.number} onClose={() => (device.value = false)} />}
      {open.value && <Regroup outage={near.id} number={near.number} onClose={() => (open.value = false)} />}
    </li>
  );
}
