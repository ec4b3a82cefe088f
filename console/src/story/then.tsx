// What the board saw at a moment of the story: the district's map, its queue and its crews.
import { effect, signal } from "@preact/signals";
import type * as gl from "maplibre-gl";
import { useEffect, useRef } from "preact/hooks";
import { crewsOf } from "../dispatch/chosen";
import "../dispatch/dispatch.css";
import { labelOf } from "../dispatch/gathered";
import { Cells } from "../dispatch/row";
import { Mark, Then as AtMoment } from "../dispatch/told";
import { crewingOf, isBroken } from "../facts/standing";
import { ground } from "../facts/store";
import { clockIn, clockOf } from "../facts/times";
import { CREWS, CREW_NAMES, OUTAGES, putCrews, putOutages, putRings, type Selected } from "../map/overlay";
import { dressed, sheetOn, showAll, still } from "../map/sheet";
import type { Outage, Placed } from "../shapes";
import { theme } from "../shell/theme";
import { named, say } from "../words";
import { chosen, crews, fault, moment, queue } from "./moment";
import { outage as told } from "./told";

const styled = signal(0);
const baseFault = signal<string | null>(null);
const noGl = signal(false);

function placeOf(which: Selected): [number, number] | undefined {
  if (which === null) return undefined;
  const rows: readonly { id: string }[] = which.kind === "outage" ? queue.value : crews.value;
  const found = rows.find((each) => each.id === which.id) as Outage | Placed | undefined;
  return found && ("position" in found ? found.position.at : found.at).coordinates;
}

/** The story's own outage is ringed at every moment, and what somebody pointed out. */
function rings(): [number, number][] {
  const own: Selected = told.value && { kind: "outage", id: told.value.id };
  return [placeOf(own), placeOf(chosen.value)].filter((at): at is [number, number] => at !== undefined);
}

/** A crew's name goes with the age of its place: here it is told from afar too. */
function nameCrews(on: gl.Map): void {
  on.setLayoutProperty(CREW_NAMES, "text-field", ["get", "name"]);
}

function keep(on: gl.Map): () => void {
  let begun = false;
  const ends = [
    dressed(on, { theme, styled, fault: baseFault, more: nameCrews }),
    effect(() => {
      const then = moment.value;
      if (styled.value === 0 || then === null) return;
      putOutages(on, queue.value, theme.value, new Set(queue.value.filter((row) => isBroken(row, then.at)).map((row) => row.id)));
      putCrews(on, crews.value, chosen.value, (crew) => labelOf(crew, then.at));
      on.triggerRepaint(); // two moments may look the same, and each is told to be drawn
    }),
    effect(() => {
      if (styled.value > 0) putRings(on, rings());
    }),
    effect(() => {
      if (begun || moment.value === null) return;
      begun = true;
      const busy = crews.value.filter((crew) => crew.task !== null);
      showAll(on, [...queue.value.map((row) => row.at.coordinates), ...busy.map((crew) => crew.position.at.coordinates)], 64);
    }),
    effect(() => {
      const at = placeOf(chosen.value);
      if (at !== undefined && !on.getBounds().contains(at)) on.easeTo({ center: at, animate: !still() });
    }),
  ];
  return () => ends.forEach((end) => end());
}

function listen(on: gl.Map): void {
  for (const [layer, kind] of [[OUTAGES, "outage"], [CREWS, "crew"]] as const) {
    on.on("mouseenter", layer, () => (on.getCanvas().style.cursor = "pointer"));
    on.on("mouseleave", layer, () => (on.getCanvas().style.cursor = ""));
    on.on("click", layer, (event) => {
      const id = event.features?.[0]?.properties["id"] as string | undefined;
      if (id) chosen.value = { kind, id };
    });
  }
}

function Chart() {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const on = sheetOn(place.current!, ground.value?.bounds ?? null, { fadeDuration: 0, keyboard: false });
    if (on === null) {
      noGl.value = true;
      return undefined;
    }
    on.on("idle", () => {
      const drawn = on.getLayer(OUTAGES) ? on.queryRenderedFeatures({ layers: [OUTAGES] }) : [];
      const ids = new Set(drawn.map((each) => each.properties["id"]));
      if (place.current !== null) Object.assign(place.current.dataset, { idle: styled.value, drawn: ids.size, at: moment.value?.at });
    });
    listen(on);
    const end = keep(on);
    return () => {
      end();
      on.remove();
      styled.value = 0;
    };
  }, []);
  return (
    <div class="ground">
      <div class="chart" ref={place} role="application" aria-label={say("map.label")} />
      {noGl.value && <p class="notice" role="status">{say("fault.map")}</p>}
      {baseFault.value !== null && <p class="notice" role="status">{say("fault.base", { reason: baseFault.value })}</p>}
    </div>
  );
}

function crewThen(outage: Outage) {
  const [first, ...more] = crewsOf(outage);
  if (first === undefined) return <span class={outage.tasks.length > 0 ? "is-warn" : "quiet-text"}>{say("dispatch.nobody")}</span>;
  const crew = crews.value.find((each) => each.id === first);
  return <>{crew ? named(crew.name) : first}{more.length > 0 && ` +${more.length}`}</>;
}

function step(event: KeyboardEvent): void {
  const rows = queue.value;
  const at = rows.findIndex((row) => row.id === chosen.value?.id);
  const to = { ArrowDown: at + 1, ArrowUp: at < 0 ? rows.length - 1 : at - 1, Home: 0, End: rows.length - 1 }[event.key];
  const next = to === undefined ? undefined : rows[Math.min(rows.length - 1, Math.max(0, to))];
  if (next === undefined) return;
  event.preventDefault();
  chosen.value = { kind: "outage", id: next.id };
}

function Queue() {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    place.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: "nearest" });
  }, [chosen.value?.id]);
  return (
    <div class="rows" role="grid" aria-label={say("dispatch.queue")} aria-rowcount={queue.value.length + 1} tabIndex={0} ref={place} onKeyDown={step}>
      <div role="row" class="unseen" aria-rowindex={1}>
        {(["outage", "state", "promise"] as const).map((each) => <span role="columnheader" key={each}>{say(`dispatch.column.${each}`)}</span>)}
      </div>
      {queue.value.map((row, n) => (
        <div
          role="row" class={`row ${row.id === told.value?.id ? "own" : ""}`} key={row.id} aria-rowindex={n + 2} aria-selected={chosen.value?.id === row.id}
          tabIndex={-1} onClick={() => (chosen.value = { kind: "outage", id: row.id })} data-then={row.id}
        >
          <Cells outage={row} crew={crewThen(row)} />
        </div>
      ))}
      {queue.value.length === 0 && <div role="row"><span role="gridcell" class="none">{say("story.then.none")}</span></div>}
    </div>
  );
}

function Roster({ at }: { at: number }) {
  return (
    <details class="roster" data-roster>
      <summary>{say("story.then.crews", { n: crews.value.length })}</summary>
      <ul>
        {crews.value.map((crew) => {
          const [name, age] = labelOf(crew, at).split("\n");
          return <li key={crew.id}><Mark name={`crew-${crewingOf(crew)}`} size={18} /><span>{name}</span><small>{say(`crewing.${crewingOf(crew)}`)}</small><small>{age}</small></li>;
        })}
      </ul>
    </details>
  );
}

function Head() {
  const then = moment.value!;
  const own = told.value;
  const open = queue.value.some((row) => row.id === own?.id);
  return (
    <header>
      <h2>{say("story.then.title", { time: clockOf(then.at, then.district) })}</h2>
      <span class="counted" data-open={then.open}>{say("shown", { n: queue.value.length, m: then.open })}</span>
      <p>
        {then.plan === null ? say("story.then.no_plan") : say("story.then.plan", { time: clockIn(then.plan.at, then.district) })}
        {own !== null && !open && <b> {say("story.then.not_open", { number: own.number })}</b>}
      </p>
    </header>
  );
}

export function Then() {
  const then = moment.value;
  return (
    <AtMoment.Provider value={then?.at ?? null}>
      <section class="then" aria-label={say("story.then")} data-at={then?.at}>
        {fault.value !== null && <p class="notice" role="status">{fault.value}</p>}
        {then === null ? fault.value === null && <p>{say("loading")}</p> : <Head />}
        <Chart />
        {then !== null && <Queue />}
        {then !== null && <Roster at={then.at} />}
      </section>
    </AtMoment.Provider>
  );
}
