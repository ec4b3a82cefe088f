// A small map beside a form or in a dialog: base, network, outages, and what is said of sections.
import { signal, type Signal } from "@preact/signals";
import type * as gl from "maplibre-gl";
import { ground } from "../facts/store";
import { theme } from "../shell/theme";
import { say } from "../words";
import { OUTAGES } from "./overlay";
import { DARK, OFFERED, PLANNED, SECTION, addSections } from "./section";
import { dressed, sheetOn } from "./sheet";

const NEAR_PX = 12;

export interface Pane {
  readonly on: gl.Map;
  /** Rises whenever the layers were laid anew and wait to be filled; 0 before the first time. */
  readonly styled: Signal<number>;
  readonly end: () => void;
}

/** Make a map in an element, dressed again when land, looks or language change; null without WebGL. */
export function pane(place: HTMLElement): Pane | null {
  const on = sheetOn(place, ground.peek()?.bounds ?? null, { fadeDuration: 0 });
  if (on === null) return null;
  const styled = signal(0);
  on.on("idle", () => Object.assign(place.dataset, { idle: styled.peek(), ...drawn(on) }));
  const more = (map: gl.Map, paint: Parameters<typeof addSections>[1]) => addSections(map, paint, say("map.planned"));
  const forget = dressed(on, { theme, styled, fault: signal(null), more });
  return {
    on,
    styled,
    end: () => {
      forget();
      on.remove();
    },
  };
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
