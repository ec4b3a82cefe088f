// The same as the timeline, as a table: for screen readers, for the keyboard, for reading out.
import { clockIn } from "../facts/times";
import { select, selected } from "../dispatch/chosen";
import { named, say } from "../words";
import { barTold, restTold } from "./chart";
import { lanes, type Lane } from "./bars";

function restOf(lane: Lane) {
  const { crew, rests } = lane;
  if (rests === null) return [];
  return [
    <tr key={`${crew.id} rests`}>
      <th scope="row"><span class="unseen">{named(crew.name)}</span></th>
      <td>{say("gantt.break")}</td>
      <td>{clockIn(rests.from, crew.district)}</td>
      <td>{clockIn(rests.to, crew.district)}</td>
      <td>{restTold(lane)}</td>
    </tr>,
  ];
}

export function List() {
  return (
    <div class="scrolls" tabIndex={0} role="region" aria-label={say("gantt.label")}>
      <table class="plain">
        <thead>
          <tr>
            <th scope="col">{say("crew.name")}</th>
            <th scope="col">{say("gantt.stop")}</th>
            <th scope="col">{say("gantt.arrival")}</th>
            <th scope="col">{say("gantt.done")}</th>
            <th scope="col">{say("gantt.all")}</th>
          </tr>
        </thead>
        <tbody>
          {lanes.value.flatMap((lane) => {
            const { crew, bars } = lane;
            if (bars.length === 0)
              return [<tr key={crew.id}><th scope="row">{named(crew.name)}</th><td colSpan={4} class="quiet-text">{say("gantt.nothing")}</td></tr>, ...restOf(lane)];
            return bars.map((bar, n) => (
              <tr key={bar.task} aria-current={selected.value?.id === bar.outage?.id && bar.outage ? "true" : undefined}>
                <th scope="row">{n === 0 ? named(crew.name) : <span class="unseen">{named(crew.name)}</span>}</th>
                <td><button type="button" class="row" onClick={() => bar.outage && select({ kind: "outage", id: bar.outage.id })}>{bar.number}</button></td>
                <td>{bar.beside ? "–" : clockIn(bar.arrives, bar.outage?.district)}</td>
                <td>{bar.beside ? "–" : clockIn(bar.ends, bar.outage?.district)}</td>
                <td>{barTold(bar)}</td>
              </tr>
            )).concat(restOf(lane));
          })}
        </tbody>
      </table>
    </div>
  );
}
