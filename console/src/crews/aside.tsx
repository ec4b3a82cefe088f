// One crew in full: its people, papers and kit, what it is booked for, and what it has to do.
import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { Problem, ask } from "../api";
import { outageHref } from "../escalations/desk";
import { partsTold } from "../facts/parts";
import { clockIn, dayOf } from "../facts/times";
import type { Crew, Route } from "../shapes";
import { addressOf, named, say, word } from "../words";
import { Ping, Shift, Signs } from "./desk";
import { chosen } from "./roster";

const route = signal<Route | null>(null);
const fault = signal<string | null>(null);

async function read(crew: string): Promise<void> {
  try {
    const found = await ask<Route>(`/v1/crews/${encodeURIComponent(crew)}/route`);
    if (chosen.peek() !== crew) return;
    route.value = found;
    fault.value = null;
  } catch (error) {
    fault.value = error instanceof Problem && error.message ? error.message : say("toast.no_line");
  }
}

function Stops({ crew }: { crew: Crew }) {
  const found = route.value;
  if (fault.value !== null) return <p role="alert">{fault.value}</p>;
  if (found === null || found.crew !== crew.id) return <p>{say("loading")}</p>;
  if (found.items.length === 0) return <p class="quiet-text">{say("crews.nothing_to_do")}</p>;
  return (
    <ol class="stops">
      {found.items.map((stop) => (
        <li key={stop.task}>
          <a href={outageHref(stop.outage.id)}>#{stop.outage.number}</a> {word("task_kind", stop.kind)}, {word("task_state", stop.state)}
          <small>{[
            addressOf(stop.place),
            stop.promise.arrival_by && say("crews.promised", { time: clockIn(stop.promise.arrival_by, crew.district) }),
            stop.eta && say("crews.eta", { time: clockIn(stop.eta, crew.district) }),
          ].filter(Boolean).join(" · ")}</small>
        </li>
      ))}
    </ol>
  );
}

export function Aside({ crew }: { crew: Crew }) {
  useEffect(() => {
    void read(crew.id);
  }, [crew.id, crew.task?.id, crew.task?.state, crew.load]);
  const later = crew.bookings.length > 0;
  return (
    <aside aria-label={named(crew.name)}>
      <h2>{named(crew.name)} <small class="quiet-text">{crew.id}</small></h2>
      <dl class="pairs">
        <dt>{say("crews.shift")}</dt><dd><Shift crew={crew} /></dd>
        <dt>{say("crews.place")}</dt><dd><Ping crew={crew} /></dd>
        <dt>{say("crews.state")}</dt><dd>{crew.task ? word("task_state", crew.task.state) : say(`crewing.${crew.shift?.on_duty ? "free" : "off"}`)} <Signs crew={crew} /></dd>
        <dt>{say("crews.kit")}</dt><dd>{crew.kit.length === 0 ? "–" : crew.kit.map((each) => word("kit", each)).join(say("comma"))}</dd>
        <dt>{say("crews.parts")}</dt><dd>{crew.parts === null ? say("crews.parts_uncounted") : partsTold(crew.parts)}</dd>
      </dl>
      <h3>{say("crews.members")}</h3>
      {crew.members.length === 0 ? <p class="quiet-text">–</p> : (
        <ul class="plain">{crew.members.map((each) => <li key={`${each.subject} ${each.part}`}>{each.subject} <small class="quiet-text">{say(`crews.part.${each.part as "leader"}`)}</small></li>)}</ul>
      )}
      <h3>{say("crews.licences")}</h3>
      {Object.keys(crew.licences).length === 0 ? <p class="quiet-text">–</p> : (
        <ul class="plain">{Object.entries(crew.licences).map(([name, until]) => <li key={name}>{word("licence", name)} <small class="quiet-text">{say("crews.valid_until", { day: until.slice(0, 10) })}</small></li>)}</ul>
      )}
      {later && <>
        <h3>{say("crews.bookings")}</h3>
        <ul class="plain">{crew.bookings.map((each) => (
          <li key={each.id}>{say(`crews.booking.${each.kind}`)} {dayOf(each.since, crew.district)} {say("crews.span", { from: clockIn(each.since, crew.district), to: clockIn(each.until, crew.district) })}<small> {each.reason}{each.place && ` · ${each.place}`}</small></li>
        ))}</ul>
      </>}
      <h3>{say("crews.route")}</h3>
      <Stops crew={crew} />
    </aside>
  );
}
