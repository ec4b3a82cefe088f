// The map itself: MapLibre on a base, with what is known laid over it.
import { effect, signal } from "@preact/signals";
import "@fontsource/noto-sans/latin-400.css";
import "@fontsource/noto-sans/latin-700.css";
import "@fontsource/noto-sans/latin-ext-400.css";
import type * as gl from "maplibre-gl";
import { useEffect, useRef } from "preact/hooks";
import type { Box } from "../shapes";
import { language, say } from "../words";
import { hearing } from "../live";
import { CLOSED, putClosures } from "./closed";
import { CREWS, OUTAGES, putChosen, putCrews, putOutages, putRoute } from "./overlay";
import { theme } from "./palette";
import { dressed, sheetOn, still } from "./sheet";
import * as world from "./world";

export const baseFault = signal<string | null>(null);
export const noGl = signal(false);
let map: gl.Map | null = null;
const styled = signal(0);

/** Look at a place, or at everything. */
export function fly(to: [number, number] | null): void {
  if (map === null) return;
  if (to !== null) map.easeTo({ center: to, zoom: Math.max(map.getZoom(), 13), animate: !still() });
  else if (world.told.value?.bounds) map.fitBounds(world.told.value.bounds, { padding: 24, animate: !still() });
}

function placeOf(chosen: world.Selected): [number, number] | undefined {
  if (chosen?.kind === "outage") return world.outages.value.get(chosen.id)?.at.coordinates;
  if (chosen?.kind === "crew") return world.crews.value.get(chosen.id)?.position.at.coordinates;
  return undefined;
}

/** Return where the map begins: where there is something to see, else the whole. */
function beginning(): Box | null {
  const dark = world.shownOutages.value.map((each) => each.at.coordinates);
  if (dark.length < 2) return world.told.value?.bounds ?? null;
  const lons = dark.map(([lon]) => lon);
  const lats = dark.map(([, lat]) => lat);
  return [Math.min(...lons), Math.min(...lats), Math.max(...lons), Math.max(...lats)];
}

function listen(on: gl.Map): void {
  for (const [layer, kind] of [[OUTAGES, "outage"], [CREWS, "crew"]] as const) {
    on.on("mouseenter", layer, () => (on.getCanvas().style.cursor = "pointer"));
    on.on("mouseleave", layer, () => (on.getCanvas().style.cursor = ""));
    on.on("click", layer, (event) => {
      const id = event.features?.[0]?.properties["id"];
      if (id) world.select({ kind, id });
      event.preventDefault();
    });
  }
  on.on("mouseenter", CREWS, (event) => {
    if (world.selected.value === null) void world.showRoute(event.features?.[0]?.properties["id"]);
  });
  on.on("mouseleave", CREWS, () => {
    if (world.selected.value === null) void world.showRoute(null);
  });
  on.on("click", (event) => {
    if (!event.defaultPrevented) world.select(null);
  });
}

/** Keep the map as the store is; return what ends that. */
function keep(on: gl.Map): () => void {
  const ends = [
    dressed(on, { theme, styled, fault: baseFault }),
    effect(() => void (styled.value && putOutages(on, world.shownOutages.value, theme.value))),
    effect(() => void (styled.value && language.value && putCrews(on, world.shownCrews.value, world.selected.value))),
    effect(() => {
      const { at } = hearing.value;
      if (styled.value && language.value) putClosures(on, world.shownClosures.value, at);
    }),
    effect(() => {
      const route = world.route.value;
      if (styled.value) putRoute(on, route, world.crews.value.get(route?.crew ?? ""));
    }),
    effect(() => {
      const chosen = world.selected.value;
      if (styled.value) putChosen(on, chosen, placeOf(chosen));
    }),
  ];
  return () => ends.forEach((end) => end());
}

export function Chart() {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const on = sheetOn(place.current!, beginning(), { attributionControl: { compact: false }, fitBoundsOptions: { padding: 48, maxZoom: 14 } });
    if (on === null) {
      noGl.value = true;
      return undefined;
    }
    map = on;
    on.on("idle", () => {
      const drawn = on.getLayer(CLOSED) ? on.queryRenderedFeatures({ layers: [CLOSED] }) : [];
      if (place.current !== null) Object.assign(place.current.dataset, { idle: styled.value, closed: drawn.length });
    });
    listen(on);
    const end = keep(on);
    return () => {
      end();
      map = null;
      on.remove();
    };
  }, []);
  return <div class="chart" ref={place} role="application" aria-label={say("map.label")} />;
}
