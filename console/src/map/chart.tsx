// The map itself: MapLibre on a base, with what is known laid over it.
import { effect, signal } from "@preact/signals";
import "@fontsource/noto-sans/latin-400.css";
import "@fontsource/noto-sans/latin-700.css";
import "@fontsource/noto-sans/latin-ext-400.css";
import * as gl from "maplibre-gl";
import "maplibre-gl/dist/maplibre-gl.css";
import worker from "maplibre-gl/dist/maplibre-gl-worker.mjs?url";
import { useEffect, useRef } from "preact/hooks";
import { freshToken, tokens } from "../sign_in";
import type { Box } from "../shapes";
import { language, say } from "../words";
import { hearing } from "../live";
import { baseOf } from "./base";
import { CLOSED, putClosures } from "./closed";
import { CREWS, OUTAGES, addImages, addLayers, putChosen, putCrews, putOutages, putRoute } from "./overlay";
import { theme } from "./palette";
import * as world from "./world";

gl.setWorkerUrl(worker);

export const baseFault = signal<string | null>(null);
export const noGl = signal(false);
const RELIGHT = `${location.origin}/v1/`;
let map: gl.Map | null = null;
const styled = signal(0);

/** Look at a place, or at everything. */
export function fly(to: [number, number] | null): void {
  if (map === null) return;
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  if (to !== null) map.easeTo({ center: to, zoom: Math.max(map.getZoom(), 13), animate: !still });
  else if (world.told.value?.bounds) map.fitBounds(world.told.value.bounds, { padding: 24, animate: !still });
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

function made(place: HTMLElement): gl.Map | null {
  const box = beginning();
  try {
    return new gl.Map({
      container: place,
      style: { version: 8, sources: {}, layers: [] },
      ...(box ? { bounds: box, fitBoundsOptions: { padding: 48, maxZoom: 14 } } : {}),
      attributionControl: { compact: false },
      renderWorldCopies: false,
      dragRotate: false,
      pitchWithRotate: false,
      maxZoom: 19,
      transformRequest: (url) => {
        if (!url.startsWith(RELIGHT)) return { url };
        return { url, headers: { Authorization: `Bearer ${tokens.value?.access ?? ""}` } };
      },
    });
  } catch {
    return null;
  }
}

function listen(on: gl.Map): void {
  on.addControl(new gl.NavigationControl({ showCompass: false }), "top-right");
  on.addControl(new gl.ScaleControl({}), "bottom-left");
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
  on.on("error", ({ error }) => {
    // A tile may ask with a token that ran out while the page slept: the next one has a new one.
    if ((error as { status?: number }).status === 401) void freshToken();
  });
}

let turn = 0;

async function dress(on: gl.Map): Promise<void> {
  const here = world.told.value;
  const mine = ++turn;
  if (here === null) return;
  const [now, lang] = [theme.value, language.value];
  const base = await baseOf(here, now, lang);
  await document.fonts.load('16px "Noto Sans"').catch(() => []);
  if (mine !== turn) return;
  baseFault.value = base.fault;
  on.setStyle(base.style, { diff: false });
  await addImages(on, now);
  if (mine !== turn) return;
  if (!on.isStyleLoaded()) await new Promise((go) => on.once("style.load", go));
  if (mine !== turn) return;
  addLayers(on, here, now, lang);
  styled.value += 1;
}

/** Keep the map as the store is; return what ends that. */
function keep(on: gl.Map): () => void {
  const versions = () => {
    const here = world.told.value;
    return [here?.land?.version, here?.network?.version, here?.base?.style_url].join(" ");
  };
  let dressed = "";
  const ends = [
    effect(() => {
      const wanted = `${versions()} ${theme.value} ${language.value}`;
      if (wanted !== dressed) {
        dressed = wanted;
        void dress(on);
      }
    }),
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
    const on = made(place.current!);
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
