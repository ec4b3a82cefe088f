// What a row of a queue tells of an outage: place and why, crew and state, promise and who is told next.
import type { ComponentChildren } from "preact";
import type { Outage } from "../shapes";
import { Icon } from "../shell/icon";
import { say } from "../words";
import { Age, customers, Left, Next, OutageMark, placeOf, stateOf, whyOf } from "./told";

export function Cells({ outage, crew, locked = false }: { outage: Outage; crew: ComponentChildren; locked?: boolean }) {
  const why = whyOf(outage);
  return (
    <>
      <span role="gridcell" class="what">
        <OutageMark outage={outage} />
        <span class="lines" title={[placeOf(outage), why, customers(outage.customers)].filter(Boolean).join(" · ")}>
          <span><b>#{outage.number}</b> {placeOf(outage)}</span>
          <small>
            {why !== "" && <span class="is-danger">{why} · </span>}
            {customers(outage.customers)} · <Age since={outage.clock_start} />
          </small>
        </span>
      </span>
      <span role="gridcell" class="lines">
        <span>{locked && <Icon name="lock" label={say("plan.locked")} />} {crew}</span>
        <small>{stateOf(outage)}</small>
      </span>
      <span role="gridcell" class="lines ends">
        <Left outage={outage} />
        <small><Next outage={outage} /></small>
      </span>
    </>
  );
}
