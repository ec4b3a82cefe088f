// Where customers told otherwise than the crew's own record.
import { facts } from "../facts/store";
import { clockIn } from "../facts/times";
import { crewName } from "../plan/orders";
import type { Schemas } from "../shapes";
import { BASE } from "../shell/route";
import { say } from "../words";
import { useRead } from "./read";

type Shown = Schemas["DiscrepancyShown"];

function yes(said: boolean | null): string {
  return said === null ? "–" : say(said ? "callbacks.yes" : "callbacks.no");
}

function Line({ each }: { each: Shown }) {
  const { record, customer } = each;
  return (
    <tr data-discrepancy={each.id}>
      <td>{clockIn(each.at, each.district)}<small>{each.agent}</small></td>
      <td><a href={`${BASE}/story/${encodeURIComponent(each.outage.id ?? "")}`}>#{each.outage.number}</a><small>{say("supervision.report", { n: each.report_number })}</small></td>
      <td class="is-danger">{each.differs.map((one) => <div key={one}>{say(`supervision.differs.${one}`)}</div>)}</td>
      <td>{say("supervision.told", { contacted: yes(customer.contacted_on_arrival ?? null), kept: yes(customer.commitment_kept ?? null), satisfied: yes(customer.satisfied ?? null) })}</td>
      <td>
        {record.arrived_at === null ? say("supervision.no_arrival") : say(record.arrival === "proven" ? "supervision.proven" : "supervision.unproven", { time: clockIn(record.arrived_at, each.district), by: clockIn(record.promised_by, each.district) })}
        <small>{record.contacted_at === null ? say("supervision.no_contact") : say("supervision.contact", { time: clockIn(record.contacted_at, each.district) })}</small>
      </td>
      <td>{each.crews.map(crewName).join(say("comma"))}</td>
    </tr>
  );
}

export function Discrepancies() {
  // A callback that ends may be one more: it leaves the open ones.
  const { found, fault } = useRead<Schemas["Page_DiscrepancyShown_"]>("/v1/discrepancies?limit=200", facts.callback.value.size);
  if (found === null) return <p role={fault === null ? undefined : "alert"}>{fault ?? say("loading")}</p>;
  return (
    <>
      <p class="lead" data-count>{say(found.next_cursor === null ? "shown" : "shown.more", { n: found.items.length, m: found.items.length })}</p>
      {found.items.length === 0 ? <p class="quiet-text nothing">{say("supervision.none_differ")}</p> : (
        <table class="sheet-table">
          <thead><tr>{(["called", "outage", "differs", "customer", "record", "crews"] as const).map((each) => <th scope="col" key={each}>{say(`supervision.${each}`)}</th>)}</tr></thead>
          <tbody>{found.items.map((each) => <Line each={each} key={each.id} />)}</tbody>
        </table>
      )}
    </>
  );
}
