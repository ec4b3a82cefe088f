// A small map beside a form or in a dialog: base, network, outages, and what is said of sections.
import { effect, signal, type Signal } from "@preact/signals";
import * as gl from "maplibre-gl";
import "maplibre-gl/dist/maplibre-gl.css";
import worker from "maplibre-gl/dist/maplibre-gl-worker.mjs?url";
import { ground } from "../facts/store";
import { theme } from "../shell/theme";
import { freshToken, tokens } from "../sign_in";
import { language, say } from "../words";
import { baseOf } from "./base";
import { OUTAGES, addImages, addLayers } from "./overlay";
import { DARK, OFFERED, PLANNED, SECTION, addSections } from "./section";

gl.setWorkerUrl(worker);
const OURS = `${location.origin}/v1/`;
const NEAR_PX = 12;
const APART_MS = 300;

export interface Pane {
  readonly on: gl.Map;
  /** Rises whenever the layers were laid anew and wait to be filled; 0 before the first time. */
  readonly styled: Signal<number>;
  readonly end: () => void;
}

export const still = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

/** Make a map in an element, dressed again when land, looks or language change; null without WebGL. */
export function pane(place: HTMLElement): Pane | null {
  const on = made(place);
  if (on === null) return null;
  const styled = signal(0);
  on.addControl(new gl.NavigationControl({ showCompass: false }), "top-right");
  on.addControl(new gl.ScaleControl({}), "bottom-left");
  on.on("error", ({ error }) => {
    if ((error as { status?: number }).status === 401) void freshToken();
  });
  on.on("idle", () => Object.assign(place.dataset, { idle: styled.peek(), ...drawn(on) }));
  const watch = new ResizeObserver(() => on.resize());
  watch.observe(place);
  const forget = dressing(on, styled);
  return {
    on,
    styled,
    end: () => {
      watch.disconnect();
      forget();
      on.remove();
    },
  };
}

function made(place: HTMLElement): gl.Map | null {
  const bounds = ground.peek()?.bounds;
  try {
    return new gl.Map({
      container: place,
      style: { version: 8, sources: {}, layers: [] },
      ...(bounds ? { bounds } : {}),
      attributionControl: { compact: true },
      renderWorldCopies: false,
      dragRotate: false,
      pitchWithRotate: false,
      fadeDuration: 0,
      maxZoom: 19,
      transformRequest: (url) =>
        url.startsWith(OURS) ? { url, headers: { Authorization: `Bearer ${tokens.value?.access ?? ""}` } } : { url },
    });
  } catch {
    return null;
  }
}

function dressing(on: gl.Map, styled: Signal<number>): () => void {
  let turn = 0;
  const dress = async (mine: number): Promise<void> => {
    const [here, paint, lang] = [ground.peek(), theme.peek(), language.peek()];
    if (here === null) return;
    const base = await baseOf(here, paint, lang);
    await document.fonts.load('16px "Noto Sans"').catch(() => []);
    if (mine !== turn) return;
    on.setStyle(base.style, { diff: false });
    await addImages(on, paint);
    if (mine === turn && !on.isStyleLoaded()) await new Promise((go) => on.once("style.load", go));
    if (mine !== turn) return;
    addLayers(on, here, paint, lang);
    addSections(on, paint, say("map.planned"));
    styled.value += 1;
  };
  let dressed = "";
  const end = effect(() => {
    const here = ground.value;
    const wanted = [here?.land?.version, here?.network?.version, here?.base?.style_url, theme.value, language.value].join(" ");
    if (wanted === dressed) return;
    dressed = wanted;
    void dress(++turn);
  });
  return () => {
    turn += 1;
    end();
  };
}

/** Do something soon, however often it is wished for meanwhile: in a storm rows change all the time. */
export function gently(work: () => void): { soon: () => void; end: () => void } {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const soon = () => {
    timer ??= setTimeout(() => {
      timer = undefined;
      work();
    }, APART_MS);
  };
  return { soon, end: () => clearTimeout(timer) };
}

/** What can be seen of the sections and choices, for whoever asks the element. */
function drawn(on: gl.Map): Record<string, string> {
  const names = (layer: string, key: string) => {
    const found = on.getLayer(layer) ? on.queryRenderedFeatures({ layers: [layer] }) : [];
    return [...new Set(found.map((each) => String(each.properties[key])))].sort().join(" ");
  };
  const marks = on.getLayer(OFFERED) ? on.queryRenderedFeatures({ layers: [OFFERED] }) : [];
  const at = marks.map((each) => {
    const { x, y } = on.project((each.geometry as GeoJSON.Point).coordinates as [number, number]);
    return [each.properties["id"], [Math.round(x), Math.round(y)]];
  });
  return { places: JSON.stringify(Object.fromEntries(at)), section: names(SECTION, "name_id"), dark: names(DARK, "name_id"), planned: names(PLANNED, "id"), offered: names(OFFERED, "id"), outages: names(OUTAGES, "id") };
}

/** Return what of a layer lies under a point of the screen, or beside it. */
export function under(on: gl.Map, at: gl.Point, layer: string): string | null {
  if (!on.getLayer(layer)) return null;
  const box: [gl.PointLike, gl.PointLike] = [[at.x - NEAR_PX, at.y - NEAR_PX], [at.x + NEAR_PX, at.y + NEAR_PX]];
  return (on.queryRenderedFeatures(box, { layers: [layer] })[0]?.properties["id"] as string | undefined) ?? null;
}
