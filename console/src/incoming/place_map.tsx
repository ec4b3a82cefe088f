// The map beside the form: where the caller is, what is dark around, and what is announced.
import { effect, signal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { all, ask } from "../api";
import { now } from "../facts/house";
import { isDark } from "../facts/standing";
import { facts } from "../facts/store";
import { putOutages } from "../map/overlay";
import { paceOf } from "../map/pace";
import { pane, type Pane } from "../map/pane";
import { putOffered, putPin, putPlanned, putSection, type Extent } from "../map/section";
import { still } from "../map/sheet";
import type { Schemas } from "../shapes";
import { theme } from "../shell/theme";
import { tellFault } from "../shell/toasts";
import { say } from "../words";
import { at, drawn, home, matches, offered, placed, spot, taken, wanted } from "./call";

const KEPT = "relight.incoming.map";
const CLOSE_ZOOM = 15;
const MOST_WORKS = 500;
const PLACES = 5;
export const mapOpen = signal(localStorage.getItem(KEPT) !== "off");
const noGl = signal(false);
const extent = signal<Extent | null>(null);
const works = signal<readonly Schemas["PlannedWorkShown"][]>([]);
/** Whether there is more announced than was read. */
const moreWorks = signal(false);

export function showMap(on: boolean): void {
  localStorage.setItem(KEPT, on ? "on" : "off");
  mapOpen.value = on;
}

/** Take a point of the map as if its coordinates were typed: the homes around it are offered. */
function take(lon: number, lat: number): void {
  if (taken.peek() !== null) return;
  at(null);
  wanted.value = `${lon.toFixed(PLACES)}, ${lat.toFixed(PLACES)}`;
}

function listen({ on }: Pane, place: HTMLElement): void {
  on.getCanvas().style.cursor = "crosshair";
  on.on("click", ({ lngLat }) => take(lngLat.lng, lngLat.lat));
  place.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.target !== on.getCanvas()) return;
    event.preventDefault();
    const { lng, lat } = on.getCenter();
    take(lng, lat);
  });
}

async function readExtent(outage: string | null): Promise<void> {
  if (extent.peek()?.outage !== outage) extent.value = null;
  if (outage === null) return;
  try {
    const found = await ask<Extent>(`/v1/outages/${encodeURIComponent(outage)}/extent`);
    if (drawn.peek() === outage) extent.value = found;
  } catch (fault) {
    tellFault(fault);
  }
}

/** Announced work that holds now, by the transformers it switches off. */
function announced(): string[] {
  const at = now.value ?? 0;
  const on = works.value.filter((each) => each.ended_at === null && Date.parse(each.since) <= at && at < Date.parse(each.until));
  return on.flatMap((each) => each.transformers);
}

function keep({ on, styled }: Pane): () => void {
  const dressed = () => styled.value > 0;
  let asked = "";
  const pace = paceOf(on);
  const outages = () => {
    if (styled.peek() > 0) putOutages(on, [...facts.outage.peek().values()].filter(isDark), theme.peek());
  };
  const ends = [
    pace.end,
    effect(() => {
      if (dressed() && facts.outage.value) pace.soon(outages);
    }),
    effect(() => {
      const outage = drawn.value;
      const seq = outage === null ? 0 : facts.outage.value.get(outage)?.seq;
      const wish = `${outage} ${seq}`;
      if (wish === asked) return;
      asked = wish;
      void readExtent(outage);
    }),
    effect(() => {
      const told = extent.value;
      if (dressed()) putSection(on, told);
    }),
    effect(() => {
      const { homes, marked } = offered.value;
      const shown = homes.map((each, n) => ({ id: each.service_point_id, at: each.at.coordinates as [number, number], sign: `${n + 1}`, chosen: n === marked }));
      if (dressed()) putOffered(on, placed.value ? [] : shown);
    }),
    effect(() => {
      const point = (home.value?.at.coordinates as [number, number] | undefined) ?? spot.value;
      if (dressed()) putPin(on, point);
    }),
    effect(() => {
      const ids = announced();
      if (dressed()) putPlanned(on, ids);
    }),
    effect(() => {
      const point = (home.value?.at.coordinates as [number, number] | undefined) ?? spot.value;
      if (point) on.easeTo({ center: point, zoom: Math.max(on.getZoom(), CLOSE_ZOOM), animate: !still() });
    }),
  ];
  return () => ends.forEach((end) => end());
}

function Told() {
  const found = extent.value;
  const outage = drawn.value === null ? undefined : matches.value?.outages.find((each) => each.id === drawn.value);
  if (found === null || outage === undefined || found.kind === "unknown") return null;
  const values = { number: outage.number, customers: found.customers, device: found.device_name ?? "" };
  return <p class="dark-told">{say(found.device_name === null ? "incoming.dark_part" : "incoming.dark_below", values)}</p>;
}

function Drawn() {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const made = pane(place.current!);
    if (made === null) {
      noGl.value = true;
      return undefined;
    }
    listen(made, place.current!);
    const end = keep(made);
    all<Schemas["PlannedWorkShown"]>("/v1/planned-works", MOST_WORKS).then((told) => {
      works.value = told.items;
      moreWorks.value = !told.whole;
    }, tellFault);
    return () => {
      end();
      made.end();
    };
  }, []);
  return (
    <>
      <div class="chart pane" ref={place} role="application" aria-label={say("incoming.map_label")} />
      <p class="map-how">{say("incoming.map_how")}</p>
      <Told />
      {moreWorks.value && <p class="notice" role="status">{say("incoming.more_works", { shown: works.value.length })}</p>}
      {noGl.value && <p class="notice" role="status">{say("incoming.map_not")}</p>}
    </>
  );
}

export function PlaceMap() {
  if (!mapOpen.value) return <button type="button" class="bring-map" onClick={() => showMap(true)} data-map-open>{say("incoming.map_open")}</button>;
  return (
    <section class="place-map" aria-label={say("incoming.map")}>
      <Drawn />
      <button type="button" class="shut-map" onClick={() => showMap(false)} data-map-shut>{say("incoming.map_shut")}</button>
    </section>
  );
}
