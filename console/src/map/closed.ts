// Closed streets and areas as the map draws them.
import type { LayerSpecification, Map as GlMap } from "maplibre-gl";
import type { Closure } from "../shapes";
import { say } from "../words";
import { FONT } from "./land";
import { COLOURS, type Theme } from "./palette";
import { put } from "./put";
import { clockIn } from "./times";
import { holds } from "./closures_now";

export const CLOSED = "closures";

/** Closed streets are told by a sign and a word; the colour only repeats that. */
export function closureLayers(theme: Theme): LayerSpecification[] {
  const c = COLOURS[theme];
  const width: any = ["interpolate", ["linear"], ["zoom"], 9, 3, 14, 6];
  return [
    { id: "closures-area", type: "fill", source: CLOSED, filter: ["==", ["geometry-type"], "Polygon"], paint: { "fill-color": c.closed, "fill-opacity": 0.14 } },
    { id: "closures-case", type: "line", source: CLOSED, layout: { "line-cap": "butt" }, paint: { "line-color": c.closedCase, "line-width": width } },
    { id: "closures-line", type: "line", source: CLOSED, filter: ["get", "now"], layout: { "line-cap": "butt" }, paint: { "line-color": c.closed, "line-width": width, "line-dasharray": [0.8, 0.8] } },
    { id: "closures-later", type: "line", source: CLOSED, filter: ["!", ["get", "now"]], layout: { "line-cap": "butt" }, paint: { "line-color": c.closed, "line-width": width, "line-dasharray": [0.3, 1.6] } },
    {
      id: CLOSED, type: "symbol", source: CLOSED,
      layout: {
        "symbol-placement": "line-center", "icon-image": "closure", "icon-rotation-alignment": "viewport",
        "icon-size": ["interpolate", ["linear"], ["zoom"], 9, 0.5, 14, 0.8], "icon-allow-overlap": true,
        "text-field": ["step", ["zoom"], "", 12, ["get", "label"]], "text-font": FONT, "text-size": 11.5,
        "text-rotation-alignment": "viewport", "text-anchor": "top", "text-offset": [0, 0.9], "text-optional": true,
      },
      paint: { "text-color": c.closed, "text-halo-color": c.halo, "text-halo-width": 1.8 },
    },
  ];
}

export function putClosures(map: GlMap, shown: Closure[], at: string | null): void {
  const features = shown.flatMap((each) => {
    const now = holds(each, at);
    const label = now ? say("closure.closed") : say("closure.later", { time: clockIn(each.since) });
    const properties = { id: each.id, now, label };
    const lines = (each.geometry?.coordinates ?? []).map(
      (coordinates): GeoJSON.Geometry => ({ type: "LineString", coordinates }),
    );
    // An area is told by its own edge: a sign on each of its streets would hide the map.
    const drawn: GeoJSON.Geometry[] = each.area == null ? lines : [each.area];
    return drawn.map((geometry): GeoJSON.Feature => ({ type: "Feature", geometry, properties }));
  });
  put(map, CLOSED, features);
}
