// The chosen crew: who it is, where it is, and its stops in the order of the plan.
import { now } from "../facts/house";
import { crewingOf } from "../facts/standing";
import { facts } from "../facts/store";
import { clockIn, span } from "../facts/times";
import { lanes } from "../gantt/bars";
import { barTold } from "../gantt/chart";
import { named, say, word } from "../words";
import { select } from "./chosen";
import { fly } from "./ground";
import { Mark } from "./told";

export function CrewDrawer({ id }: { id: string }) {
  const crew = facts.crew.value.get(id);
  if (crew === undefined) return <aside class="drawer"><p class="inner">{say("dispatch.crew_gone")}</p></aside>;
  const lane = lanes.value.find((each) => each.crew.id === id);
  const heard = crew.position.occurred_at;
  const rows: [string, string][] = [
    [say("crew.state"), say(`crewing.${crewingOf(crew)}`)],
    [say("crew.position"), heard === null ? say("crew.never") : `${clockIn(heard, crew.district)} (${span((now.value ?? Date.parse(heard)) - Date.parse(heard))})`],
    [say("dispatch.shift"), crew.shift ? `${clockIn(crew.shift.starts_at, crew.district)} – ${clockIn(crew.shift.ends_at, crew.district)}` : "–"],
    [say("dispatch.skills"), crew.skills.map((each) => word("skill", each)).join(say("comma")) || "–"],
  ];
  return (
    <aside class="drawer" aria-label={say("dispatch.detail")}>
      <header>
        <Mark name={`crew-${crewingOf(crew)}`} size={26} />
        <h2>{named(crew.name)}</h2>
        <button type="button" class="quiet" onClick={() => fly(crew.position.at.coordinates)}>{say("dispatch.to_map")}</button>
        <button type="button" class="quiet" onClick={() => select(null)} aria-label={say("close")}>✕</button>
      </header>
      <div class="inner">
        <dl class="facts">{rows.map(([name, value]) => <div key={name}><dt>{name}</dt><dd>{value}</dd></div>)}</dl>
        <h3>{say("dispatch.stops")}</h3>
        {(lane?.bars.length ?? 0) === 0 && <p class="quiet-text">{say("gantt.nothing")}</p>}
        <ol class="story">
          {lane?.bars.map((bar) => (
            <li key={bar.task}>
              <button type="button" class="row" onClick={() => bar.outage && select({ kind: "outage", id: bar.outage.id })}>{bar.number}</button> {barTold(bar).replace(/^\S+ /, "")}
            </li>
          ))}
        </ol>
      </div>
    </aside>
  );
}
