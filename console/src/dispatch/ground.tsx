// The map of the dispatch desk: the queue's outages, the crews, and the way of the chosen crew.
import { effect, signal, untracked } from "@preact/signals";
import * as gl from "maplibre-gl";
import { useEffect, useRef } from "preact/hooks";
import { ask } from "../api";
import { now } from "../facts/house";
import { isBroken } from "../facts/standing";
import { facts, ground } from "../facts/store";
import { hearing } from "../live";
import { putClosures } from "../map/closed";
import { notOver } from "../map/closures_now";
import { CREWS, OUTAGES, putChosen, putOutages, putRoute, type Selected } from "../map/overlay";
import { paceOf } from "../map/pace";
import type { Theme } from "../map/palette";
import { dressed, sheetOn, showAll, still } from "../map/sheet";
import type { Crew, Outage, Route } from "../shapes";
import { theme } from "../shell/theme";
import { language, say } from "../words";
import {
  chosenCrew, crewing, district, filter, known, pointed, queue, search, select, selected, shownCrews,
} from "./chosen";
import { finds, grab, taskOf } from "./dragging";
import { CLUSTERS, GATHERED, gatheredLayers, putCrewsMoving } from "./gathered";

const REACH = 16;
const baseFault = signal<string | null>(null);
const noGl = signal(false);
const styled = signal(0);
const way = signal<Route | null>(null);
let map: gl.Map | null = null;

export function fly(to: [number, number] | null): void {
  if (map === null) return;
  if (to !== null) map.easeTo({ center: to, zoom: Math.max(map.getZoom(), 13.5), animate: !still() });
  else around(queue.value, map);
}

function around(rows: Outage[], on: gl.Map): void {
  showAll(on, rows.map((row) => row.at.coordinates));
}

/** Lay the circles for outages that lie close together over their marks. */
function gather(on: gl.Map, paint: Theme): void {
  on.setFilter(OUTAGES, ["!", ["has", "point_count"]]);
  for (const layer of gatheredLayers(paint)) on.addLayer(layer);
}

function placeOf(chosen: Selected): [number, number] | undefined {
  if (chosen?.kind === "outage") return facts.outage.value.get(chosen.id)?.at.coordinates;
  return chosen ? facts.crew.value.get(chosen.id)?.position.at.coordinates : undefined;
}

function idAt(on: gl.Map, point: gl.Point, layer: string): string | null {
  if (!on.getLayer(layer)) return null;
  const box: [gl.PointLike, gl.PointLike] = [[point.x - REACH, point.y - REACH], [point.x + REACH, point.y + REACH]];
  const found = on.queryRenderedFeatures(box, { layers: [layer] })[0];
  return (found?.properties["id"] as string | undefined) ?? null;
}

function listen(on: gl.Map): () => void {
  for (const [layer, kind] of [[OUTAGES, "outage"], [CREWS, "crew"]] as const) {
    on.on("mousemove", layer, (event) => {
      const id = event.features?.[0]?.properties["id"] as string | undefined;
      on.getCanvas().style.cursor = "pointer";
      if (id && pointed.value?.id !== id) pointed.value = { kind, id };
    });
    on.on("mouseleave", layer, () => {
      on.getCanvas().style.cursor = "";
      pointed.value = null;
    });
    on.on("click", layer, (event) => {
      const id = event.features?.[0]?.properties["id"] as string | undefined;
      if (id) select({ kind, id });
      event.preventDefault();
    });
  }
  on.on("mousedown", OUTAGES, (event) => {
    const id = event.features?.[0]?.properties["id"] as string | undefined;
    if (!id || event.originalEvent.button !== 0) return;
    event.preventDefault();
    grab(taskOf(id), event.originalEvent);
  });
  on.on("click", CLUSTERS, (event) => {
    const found = event.features?.[0];
    const at = (found?.geometry as GeoJSON.Point | undefined)?.coordinates as [number, number] | undefined;
    if (at) on.easeTo({ center: at, zoom: on.getZoom() + 2, animate: !still() });
    event.preventDefault();
  });
  on.on("click", (event) => {
    if (!event.defaultPrevented) select(null);
  });
  return finds((x, y) => {
    const box = on.getCanvas().getBoundingClientRect();
    const inside = x >= box.left && x <= box.right && y >= box.top && y <= box.bottom;
    return inside ? idAt(on, new gl.Point(x - box.left, y - box.top), CREWS) : null;
  });
}

function late(rows: Outage[]): Set<string> {
  const at = now.peek() ?? 0;
  return new Set(rows.filter((row) => isBroken(row, at)).map((row) => row.id));
}

async function showWay(crew: Crew | undefined): Promise<void> {
  if (crew === undefined || crew.load === 0) {
    way.value = null;
    return;
  }
  const found = await ask<Route>(`/v1/crews/${encodeURIComponent(crew.id)}/route?way=true`).catch(() => null);
  if (chosenCrew.peek()?.id === crew.id) way.value = found;
}

function keep(on: gl.Map): () => void {
  const pace = paceOf(on);
  const outages = () => void (styled.peek() && putOutages(on, queue.peek(), theme.peek(), late(queue.peek())));
  const crews = () => void (styled.peek() && putCrewsMoving(on, shownCrews.peek(), selected.peek(), now.peek()));
  let asked = "";
  const ends = [
    dressed(on, { theme, styled, fault: baseFault, gathered: GATHERED, more: gather }),
    effect(() => void (queue.value, pace.soon(outages))),
    effect(() => void (shownCrews.value, pace.soon(crews))),
    effect(() => {
      // Whoever chooses or filters looks at the map now.
      void (styled.value, selected.value, filter.value, search.value, district.value, crewing.value);
      pace.soon(outages);
      pace.soon(crews);
      untracked(pace.now);
    }),
    effect(() => {
      const { at } = hearing.value;
      if (styled.value && language.value) putClosures(on, notOver(facts.closure.value.values(), at), at);
    }),
    effect(() => {
      const crew = chosenCrew.value;
      // A device that is confirmed moves the order that the crew is on its way to.
      const to = facts.outage.value.get(crew?.task?.outage ?? "")?.at.coordinates.join();
      const wanted = crew ? `${crew.id} ${crew.load} ${crew.task?.id} ${crew.task?.state} ${to}` : "";
      if (wanted === asked) return;
      asked = wanted;
      void showWay(crew);
    }),
    effect(() => {
      const told = way.value;
      if (styled.value) putRoute(on, told, facts.crew.peek().get(told?.crew ?? ""));
    }),
    effect(() => {
      if (styled.value) putChosen(on, selected.value, placeOf(selected.value));
    }),
    effect(() => {
      const at = placeOf(selected.value);
      // What is chosen elsewhere is brought into sight here, and nothing moves that is in sight.
      if (at && !on.getBounds().contains(at)) on.easeTo({ center: at, animate: !still() });
    }),
  ];
  return () => [...ends, pace.end].forEach((end) => end());
}

export function Ground() {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const on = sheetOn(place.current!, ground.value?.bounds ?? null, { fadeDuration: 0, keyboard: false });
    if (on === null) {
      noGl.value = true;
      return undefined;
    }
    map = on;
    around(queue.peek(), on);
    on.on("idle", () => {
      const drawn = on.getLayer(OUTAGES) ? on.queryRenderedFeatures({ layers: [OUTAGES, CLUSTERS] }) : [];
      const count = new Map(drawn.map((each) => [each.properties["id"] ?? each.id, each.properties["point_count"] ?? 1]));
      const sum = [...count.values()].reduce((all, each) => all + Number(each), 0);
      if (place.current !== null) Object.assign(place.current.dataset, { idle: styled.value, drawn: sum });
    });
    const forget = listen(on);
    const end = keep(on);
    return () => {
      forget();
      end();
      map = null;
      on.remove();
      styled.value = 0;
    };
  }, []);
  return (
    <section class="ground" aria-label={say("dispatch.map")}>
      <div class="chart" ref={place} role="application" aria-label={say("map.label")} />
      <button type="button" class="around" onClick={() => fly(null)}>{say("map.around")}</button>
      <p class="shown-on-map">{say("shown", { n: queue.value.length, m: known.value })}</p>
      {noGl.value && <p class="notice" role="status">{say("fault.map")}</p>}
      {baseFault.value !== null && <p class="notice" role="status">{say("fault.base", { reason: baseFault.value })}</p>}
    </section>
  );
}
