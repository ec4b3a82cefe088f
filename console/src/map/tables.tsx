// The list twin: everything the map draws, as tables.
import type { Outage, Crew, Route } from "../shapes";
import { named, say, word, type Key } from "../words";
import { fly } from "./chart";
import { markOf } from "./marks";
import { theme } from "./palette";
import { clockIn } from "./times";
import * as world from "./world";

const MOST_ROWS = 200;

export function Mark({ name }: { name: string }) {
  return <img class="mark" src={markOf(name, theme.value)} alt="" width={22} height={22} />;
}

function Count({ n, m }: { n: number; m: number }) {
  const key: Key = world.whole.value ? "shown" : "shown.more";
  return <p class="count" data-count>{say(key, { n, m })}</p>;
}

function Rest({ count }: { count: number }) {
  if (count === 0) return <p class="count">{say("table.none")}</p>;
  if (count <= MOST_ROWS) return null;
  return <p class="count">{say("table.more", { n: MOST_ROWS })}</p>;
}

function due(outage: Outage): string {
  if (outage.arrived_at !== null) return say("outage.arrived");
  if (outage.arrival_deadline === null) return "–";
  return clockIn(outage.arrival_deadline, outage.district);
}

export function isLate(outage: Outage, at: string | null): boolean {
  if (outage.arrival_deadline === null || outage.arrived_at !== null || at === null) return false;
  if (world.phaseOf(outage) === "back") return false;
  return Date.parse(at) > Date.parse(outage.arrival_deadline);
}

export function Outages({ at }: { at: string | null }) {
  const shown = world.shownOutages.value;
  return (
    <>
      <Count n={shown.length} m={world.outages.value.size} />
      <table>
        <thead>
          <tr>
            <th scope="col">{say("outage.number")}</th>
            <th scope="col">{say("outage.state")}</th>
            <th scope="col" class="number">{say("outage.customers")}</th>
            <th scope="col">{say("outage.arrival")}</th>
          </tr>
        </thead>
        <tbody>
          {shown.slice(0, MOST_ROWS).map((each) => <OutageLine key={each.id} outage={each} at={at} />)}
        </tbody>
      </table>
      <Rest count={shown.length} />
    </>
  );
}

function OutageLine({ outage, at }: { outage: Outage; at: string | null }) {
  const phase = world.phaseOf(outage);
  const priority = world.priorityOf(outage);
  const chosen = world.selected.value?.id === outage.id;
  const go = () => {
    world.select({ kind: "outage", id: outage.id });
    fly(outage.at.coordinates);
  };
  return (
    <tr aria-current={chosen ? "true" : undefined} data-outage={outage.id}>
      <td>
        <button type="button" class="row" onClick={go} aria-label={say("outage.select", { number: outage.number })}>
          <Mark name={`outage-${priority}-${phase}`} />
          {outage.number}
        </button>
      </td>
      <td>
        {say(`phase.${phase}`)}
        {priority !== "normal" && <small class={priority}> {say(`priority.${priority}`)}</small>}
      </td>
      <td class="number">{outage.customers}</td>
      <td>
        {due(outage)}
        {isLate(outage, at) && <strong class="late"> {say("outage.late")}</strong>}
      </td>
    </tr>
  );
}

function ageOf(crew: Crew): string {
  const age = crew.position.age_s;
  if (age === null) return say("crew.never");
  const minutes = Math.floor(age / 60);
  return minutes < 1 ? say("crew.now") : say("crew.age", { minutes });
}

export function Crews() {
  const shown = world.shownCrews.value;
  return (
    <>
      <Count n={shown.length} m={world.activeCrews.value.length} />
      <table>
        <thead>
          <tr>
            <th scope="col">{say("crew.name")}</th>
            <th scope="col">{say("crew.state")}</th>
            <th scope="col">{say("crew.outage")}</th>
            <th scope="col">{say("crew.position")}</th>
          </tr>
        </thead>
        <tbody>{shown.slice(0, MOST_ROWS).map((each) => <CrewLine key={each.id} crew={each} />)}</tbody>
      </table>
      <Rest count={shown.length} />
    </>
  );
}

function CrewLine({ crew }: { crew: Crew }) {
  const crewing = world.crewingOf(crew);
  const chosen = world.selected.value?.id === crew.id;
  const name = named(crew.name);
  const go = () => {
    world.select({ kind: "crew", id: crew.id });
    fly(crew.position.at.coordinates);
  };
  return (
    <tr aria-current={chosen ? "true" : undefined} data-crew={crew.id}>
      <td>
        <button type="button" class="row" onClick={go} aria-label={say("crew.select", { name })}>
          <Mark name={`crew-${crewing}`} />
          {name}
        </button>
      </td>
      <td>{say(`crewing.${crewing}`)}</td>
      <td>{world.outages.value.get(crew.task?.outage ?? "")?.number ?? "–"}</td>
      <td>{ageOf(crew)}</td>
    </tr>
  );
}

export function Detail({ at }: { at: string | null }) {
  const chosen = world.selected.value;
  if (chosen === null) return null;
  const outage = chosen.kind === "outage" ? world.outages.value.get(chosen.id) : undefined;
  const crew = chosen.kind === "crew" ? world.crews.value.get(chosen.id) : undefined;
  if (!outage && !crew) return null;
  const facts = outage ? outageFacts(outage, at) : crewFacts(crew!);
  return (
    <section class="detail" aria-live="polite">
      <header>
        <h2>{outage ? `${say("crew.outage")} ${outage.number}` : named(crew!.name)}</h2>
        <button type="button" onClick={() => world.select(null)} aria-label={say("close")}>✕</button>
      </header>
      <dl>{facts.map(([key, told]) => <div key={key}><dt>{say(key)}</dt><dd>{told}</dd></div>)}</dl>
      {world.route.value !== null && <p class="count" data-way>{wayTold(world.route.value)}</p>}
    </section>
  );
}

type Fact = [Key, string];

function outageFacts(outage: Outage, at: string | null): Fact[] {
  const crew = world.crewOn(outage.id);
  const late = isLate(outage, at) ? ` (${say("outage.late")})` : "";
  const facts: (Fact | null)[] = [
    ["outage.state", say(`phase.${world.phaseOf(outage)}`)],
    ["outage.priority", say(`priority.${world.priorityOf(outage)}`)],
    outage.hazards.length ? ["outage.hazards", outage.hazards.map((each) => word("hazard", each)).join(", ")] : null,
    ["outage.customers", `${outage.customers}`],
    ["outage.reports", `${outage.reports}`],
    ["outage.opened", clockIn(outage.opened_at, outage.district)],
    ["outage.arrival", due(outage) + late],
    outage.etr ? ["outage.estimate", clockIn(outage.etr, outage.district)] : null,
    crew ? ["outage.crew", named(crew.name)] : null,
    outage.feeder ? ["outage.feeder", outage.feeder] : null,
  ];
  return facts.filter((each) => each !== null);
}

/** Say how far it is, and whether what is drawn is the road. */
function wayTold(route: Route): string {
  const legs = route.way?.legs ?? [];
  if (legs.length === 0) return say("crew.route");
  const km = (legs.reduce((sum, each) => sum + each.metres, 0) / 1000).toFixed(1);
  const minutes = Math.round(legs.reduce((sum, each) => sum + each.seconds, 0) / 60);
  const told = say("crew.way", { stops: legs.length, km, minutes });
  return legs.every((each) => each.straight === null) ? told : `${told} ${say("crew.straight")}`;
}

function crewFacts(crew: Crew): Fact[] {
  return [
    ["crew.state", say(`crewing.${world.crewingOf(crew)}`)],
    ["crew.tasks", `${crew.load}`],
    ["crew.outage", `${world.outages.value.get(crew.task?.outage ?? "")?.number ?? "–"}`],
    ["crew.position", ageOf(crew)],
  ];
}
