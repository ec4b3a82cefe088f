// The part of the network that a device darkens, devices that may be open, and the place of a call.
import type { GeoJSONSource, LayerSpecification, Map as GlMap } from "maplibre-gl";
import type { Schemas } from "../shapes";
import { OUTAGES } from "./overlay";
import { FONT } from "./land";
import { COLOURS, type Theme } from "./palette";

export type Extent = Schemas["ExtentShown"];
/** Something that can be chosen on the map; `sign` is what its mark says. */
export interface Offered {
  id: string;
  at: [number, number];
  sign: string;
  chosen: boolean;
}

export const SECTION = "section";
export const OFFERED = "offered";
/** The transformers of what is dark. */
export const DARK = "section-transformers";
const PIN = "pin";
export const PLANNED = "planned-transformers";
const SOURCES = [SECTION, OFFERED, PIN];
const NOTHING: GeoJSON.FeatureCollection = { type: "FeatureCollection", features: [] };
const NAMES_FROM_ZOOM = 13;

const is = (what: string): any => ["==", ["get", "what"], what];

/** The broken band tells what is dark, also where colours are not told apart. */
function dark(theme: Theme): LayerSpecification[] {
  const c = COLOURS[theme];
  const width = (more: number): any => ["interpolate", ["linear"], ["zoom"], 9, 4 + more, 15, 8 + more];
  return [
    { id: "section-case", type: "line", source: SECTION, filter: is("section"), layout: { "line-join": "round" }, paint: { "line-color": c.halo, "line-width": width(5) } },
    { id: SECTION, type: "line", source: SECTION, filter: is("section"), layout: { "line-join": "round" }, paint: { "line-color": c.off, "line-width": width(0), "line-dasharray": [1.6, 0.5] } },
    {
      id: DARK, type: "circle", source: SECTION, filter: is("transformer"),
      paint: { "circle-radius": ["interpolate", ["linear"], ["zoom"], 9, 3, 15, 8], "circle-color": c.off, "circle-stroke-color": c.halo, "circle-stroke-width": 2 },
    },
    {
      id: "section-device", type: "circle", source: SECTION, filter: is("device"),
      paint: { "circle-radius": 11, "circle-color": "transparent", "circle-stroke-color": c.off, "circle-stroke-width": 4 },
    },
  ];
}

function offered(theme: Theme): LayerSpecification[] {
  const c = COLOURS[theme];
  return [
    {
      id: OFFERED, type: "circle", source: OFFERED,
      paint: {
        "circle-radius": ["case", ["get", "chosen"], 13, 10], "circle-color": ["case", ["get", "chosen"], c.chosen, c.paper],
        "circle-stroke-color": c.chosen, "circle-stroke-width": 2.5,
      },
    },
    {
      id: `${OFFERED}-sign`, type: "symbol", source: OFFERED,
      layout: { "text-field": ["get", "sign"], "text-font": FONT, "text-size": 12, "text-allow-overlap": true, "text-ignore-placement": true },
      paint: { "text-color": ["case", ["get", "chosen"], c.paper, c.ink] },
    },
  ];
}

function pin(theme: Theme): LayerSpecification[] {
  const c = COLOURS[theme];
  return [
    { id: "pin-ring", type: "circle", source: PIN, paint: { "circle-radius": 15, "circle-color": "transparent", "circle-stroke-color": c.ink, "circle-stroke-width": 3 } },
    { id: PIN, type: "circle", source: PIN, paint: { "circle-radius": 4, "circle-color": c.ink, "circle-stroke-color": c.halo, "circle-stroke-width": 2 } },
  ];
}

/** Announced work is told by a square ring around each transformer, and by its word. */
function planned(theme: Theme, name: string): LayerSpecification[] {
  const c = COLOURS[theme];
  return [{
    id: PLANNED, type: "symbol", source: "network", "source-layer": "transformers", filter: nobody(),
    layout: {
      "text-field": ["step", ["zoom"], "▣", NAMES_FROM_ZOOM + 1.5, ["concat", name, " ▣"]], "text-font": FONT, "text-size": 13,
      "text-anchor": "right", "text-offset": [-0.8, 0], "text-allow-overlap": true, "text-ignore-placement": true,
    },
    paint: { "text-color": c.planned, "text-halo-color": c.halo, "text-halo-width": 2 },
  }];
}

const nobody = (ids: readonly string[] = []): any => ["in", ["get", "id"], ["literal", [...ids]]];

/** Lay what is said of sections over a map that has the network and the outages already. */
export function addSections(map: GlMap, theme: Theme, plannedName: string): void {
  for (const name of SOURCES) map.addSource(name, { type: "geojson", data: NOTHING });
  for (const layer of dark(theme)) map.addLayer(layer, OUTAGES);
  const more = map.getSource("network") ? planned(theme, plannedName) : [];
  for (const layer of [...more, ...offered(theme), ...pin(theme)]) map.addLayer(layer);
}

function put(map: GlMap, name: string, features: GeoJSON.Feature[]): void {
  map.getSource<GeoJSONSource>(name)?.setData({ type: "FeatureCollection", features });
}

export function putSection(map: GlMap, extent: Extent | null): void {
  const features = (extent?.features ?? []) as unknown as GeoJSON.Feature[];
  // The ids go into the properties too: a map keeps no other ids than numbers.
  put(map, SECTION, features.map((each) => ({ ...each, properties: { ...each.properties, name_id: each.id } })));
}

export function putOffered(map: GlMap, shown: readonly Offered[]): void {
  put(map, OFFERED, shown.map(({ at, ...properties }) => ({ type: "Feature", geometry: { type: "Point", coordinates: at }, properties })));
}

export function putPin(map: GlMap, at: [number, number] | null): void {
  put(map, PIN, at === null ? [] : [{ type: "Feature", geometry: { type: "Point", coordinates: at }, properties: {} }]);
}

export function putPlanned(map: GlMap, transformers: readonly string[]): void {
  if (map.getLayer(PLANNED)) map.setFilter(PLANNED, nobody(transformers));
}

type Box = [[number, number], [number, number]];

/** Return the box around what a device darkens, or null where nothing is drawn. */
export function boxOf(extent: Extent, also: readonly [number, number][] = []): Box | null {
  const all: [number, number][] = [...also];
  const walk = (part: unknown): void => {
    if (!Array.isArray(part)) return;
    if (typeof part[0] === "number") all.push(part as [number, number]);
    else part.forEach(walk);
  };
  for (const each of extent.features) walk((each["geometry"] as { coordinates?: unknown } | undefined)?.coordinates);
  if (all.length === 0) return null;
  const [lons, lats] = [all.map(([lon]) => lon), all.map(([, lat]) => lat)];
  return [[Math.min(...lons), Math.min(...lats)], [Math.max(...lons), Math.max(...lats)]];
}
