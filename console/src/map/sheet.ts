// The sheet every map of ours is drawn on: made once, dressed anew when land, looks or language change.
import { effect, type ReadonlySignal, type Signal } from "@preact/signals";
import * as gl from "maplibre-gl";
import "maplibre-gl/dist/maplibre-gl.css";
import worker from "maplibre-gl/dist/maplibre-gl-worker.mjs?url";
import { ground } from "../facts/store";
import type { Box } from "../shapes";
import { freshToken, tokens } from "../sign_in";
import { language } from "../words";
import { baseOf } from "./base";
import { addImages, addLayers, type GatheredOutages } from "./overlay";
import type { Theme } from "./palette";

gl.setWorkerUrl(worker);
const OURS = `${location.origin}/v1/`;

export interface Dress {
  theme: ReadonlySignal<Theme>;
  /** Rises whenever the layers were laid anew and wait to be filled; 0 before the first time. */
  styled: Signal<number>;
  /** Why the base map that is named could not be had. */
  fault: Signal<string | null>;
  gathered?: GatheredOutages;
  /** Lay more layers over the usual ones. */
  more?: (on: gl.Map, paint: Theme) => void;
}

export const still = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

/** Make a map in an element; null where the browser draws none. */
export function sheetOn(place: HTMLElement, bounds: Box | null, more: Partial<gl.MapOptions> = {}): gl.Map | null {
  try {
    const on = new gl.Map({
      container: place,
      style: { version: 8, sources: {}, layers: [] },
      ...(bounds ? { bounds } : {}),
      attributionControl: { compact: true },
      renderWorldCopies: false,
      dragRotate: false,
      pitchWithRotate: false,
      maxZoom: 19,
      transformRequest: (url) =>
        url.startsWith(OURS) ? { url, headers: { Authorization: `Bearer ${tokens.value?.access ?? ""}` } } : { url },
      ...more,
    });
    on.addControl(new gl.NavigationControl({ showCompass: false }), "top-right");
    on.addControl(new gl.ScaleControl({}), "bottom-left");
    on.on("error", ({ error }) => {
      // A tile may ask with a token that ran out while the page slept: the next one has a new one.
      if ((error as { status?: number }).status === 401) void freshToken();
    });
    return on;
  } catch {
    return null;
  }
}

/** Show all of some places, or the whole where there is no more than one. */
export function showAll(on: gl.Map, places: readonly [number, number][], padding = 50): void {
  const box = new gl.LngLatBounds();
  places.forEach((place) => box.extend(place));
  if (places.length > 1) on.fitBounds(box, { padding, maxZoom: 14, animate: !still() });
  else if (ground.value?.bounds) on.fitBounds(ground.value.bounds, { padding: 24, animate: !still() });
}

/** Keep a map dressed; return what ends that. */
export function dressed(on: gl.Map, as: Dress): () => void {
  let turn = 0;
  const dress = async (mine: number): Promise<void> => {
    const [here, paint, lang] = [ground.peek(), as.theme.peek(), language.peek()];
    if (here === null) return;
    const base = await baseOf(here, paint, lang);
    await document.fonts.load('16px "Noto Sans"').catch(() => []);
    if (mine !== turn) return;
    as.fault.value = base.fault;
    on.setStyle(base.style, { diff: false });
    await addImages(on, paint);
    if (mine === turn && !on.isStyleLoaded()) await new Promise((go) => on.once("style.load", go));
    if (mine !== turn) return;
    addLayers(on, here, paint, lang, as.gathered ?? null);
    as.more?.(on, paint);
    as.styled.value += 1;
  };
  let worn = "";
  const end = effect(() => {
    const here = ground.value;
    const wanted = [here?.land?.version, here?.network?.version, here?.base?.style_url, as.theme.value, language.value].join(" ");
    if (wanted === worn) return;
    worn = wanted;
    void dress(++turn);
  });
  return () => {
    turn += 1;
    end();
  };
}
