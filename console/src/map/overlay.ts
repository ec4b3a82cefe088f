// What lies over any base map: the network, routes, crews and outages.
import type { LayerSpecification, Map as GlMap } from "maplibre-gl";
import type { Crew, MapTold, Outage, Placed, Route } from "../shapes";
import { named, type Language } from "../words";
import { CLOSED, closureLayers } from "./closed";
import { FONT, absolute, nameIn } from "./land";
import { drawings } from "./marks";
import { COLOURS, PHASE_COLOUR, type Theme } from "./palette";
import { put } from "./put";
import { crewingOf, phaseOf, priorityOf, PRIORITIES } from "../facts/standing";

const PIXELS = 64;
export const OUTAGES = "outages";
export const CREWS = "crews";
export const CREW_NAMES = "crews-names";

/** What is chosen on a map or in a list. */
export type Selected = { kind: "outage" | "crew"; id: string } | null;

type Features = GeoJSON.FeatureCollection<GeoJSON.Geometry>;
const ROUND = { "line-cap": "round", "line-join": "round" } as const;
/** Shown whatever else is there, and in the way of no name. */
const BESIDE = { "icon-allow-overlap": true, "icon-ignore-placement": true } as const;
const NOTHING: Features = { type: "FeatureCollection", features: [] };

async function picture(url: string): Promise<HTMLImageElement> {
  const image = new Image(PIXELS, PIXELS);
  image.src = url;
  await image.decode();
  return image;
}

function hatch(colour: string): ImageData {
  const side = 12;
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = side;
  const pen = canvas.getContext("2d")!;
  pen.strokeStyle = colour;
  pen.lineWidth = 1.2;
  for (const at of [-side, 0, side]) {
    pen.moveTo(at, side);
    pen.lineTo(at + side, 0);
  }
  pen.stroke();
  return pen.getImageData(0, 0, side, side);
}

export async function addImages(map: GlMap, theme: Theme): Promise<void> {
  const found = [...drawings(theme, PIXELS)];
  const images = await Promise.all(found.map(([, url]) => picture(url)));
  found.forEach(([name], at) => {
    if (map.hasImage(name)) map.removeImage(name);
    map.addImage(name, images[at]!, { pixelRatio: 2.3 });
  });
  if (!map.hasImage("hatch")) map.addImage("hatch", hatch(COLOURS[theme].hatch));
}

export function addLayers(map: GlMap, told: MapTold, theme: Theme, lang: Language, more: GatheredOutages | null = null): void {
  const c = COLOURS[theme];
  for (const name of [OUTAGES, CREWS, CLOSED, "route", "chosen"])
    map.addSource(name, { type: "geojson", data: NOTHING, ...(name === OUTAGES ? more?.source : {}) });
  if (told.network !== null) {
    const { tiles, minzoom, maxzoom } = told.network;
    map.addSource("network", { type: "vector", tiles: tiles.map(absolute), minzoom, maxzoom });
    for (const layer of network(theme, lang)) map.addLayer(layer);
  }
  const layers: LayerSpecification[] = [
    ...closureLayers(theme),
    { id: "route-case", type: "line", source: "route", layout: ROUND, paint: { "line-color": c.halo, "line-width": 7 } },
    { id: "route", type: "line", source: "route", filter: ["!", ["get", "straight"]], layout: ROUND, paint: { "line-color": c.route, "line-width": 4 } },
    { id: "route-straight", type: "line", source: "route", filter: ["get", "straight"], paint: { "line-color": c.route, "line-width": 3, "line-dasharray": [2, 1.4] } },
    { id: "chosen", type: "circle", source: "chosen", paint: { "circle-radius": 20, "circle-color": "transparent", "circle-stroke-color": c.chosen, "circle-stroke-width": 3 } },
    ...marks(theme),
  ];
  for (const layer of layers) map.addLayer(layer);
}

function network(theme: Theme, lang: Language): LayerSpecification[] {
  const c = COLOURS[theme];
  const from = { source: "network" } as const;
  const text = { "text-color": c.network, "text-halo-color": c.halo, "text-halo-width": 1.5 };
  return [
    { id: "network-areas", type: "line", ...from, "source-layer": "areas", paint: { "line-color": c.area, "line-width": ["interpolate", ["linear"], ["zoom"], 9, 0.7, 13, 1.2], "line-dasharray": [5, 3], "line-opacity": ["interpolate", ["linear"], ["zoom"], 9, 0.35, 12, 0.8] } },
    {
      id: "network-feeders", type: "line", ...from, "source-layer": "feeders",
      layout: { "line-cap": "round", "line-join": "round" },
      paint: { "line-color": c.network, "line-width": ["interpolate", ["linear"], ["zoom"], 8, 0.6, 12, 1.3, 16, 3], "line-opacity": ["interpolate", ["linear"], ["zoom"], 9, 0.55, 13, 0.85] },
    },
    {
      id: "network-feeder-names", type: "symbol", ...from, "source-layer": "feeders", minzoom: 13,
      layout: { "text-field": nameIn(lang), "text-font": FONT, "symbol-placement": "line", "text-size": 11, "symbol-spacing": 400, "text-offset": [0, 0.9] },
      paint: text,
    },
    {
      id: "network-transformers", type: "symbol", ...from, "source-layer": "transformers", minzoom: 12.5,
      layout: { "icon-image": "network-transformer", "icon-size": ["interpolate", ["linear"], ["zoom"], 12.5, 0.4, 16, 0.85], ...BESIDE },
    },
    {
      id: "network-devices", type: "symbol", ...from, "source-layer": "devices",
      layout: {
        "icon-image": ["case", ["get", "normally_open"], "network-open", "network-closed"],
        "icon-size": ["interpolate", ["linear"], ["zoom"], 11, 0.4, 16, 0.8], ...BESIDE,
      },
    },
    {
      id: "network-substations", type: "symbol", ...from, "source-layer": "substations",
      layout: {
        "icon-image": "network-substation", "icon-size": ["interpolate", ["linear"], ["zoom"], 8, 0.5, 13, 0.9], ...BESIDE,
        "text-field": ["step", ["zoom"], "", 11.5, nameIn(lang)], "text-font": FONT, "text-size": 11.5, "text-anchor": "top", "text-offset": [0, 1], "text-optional": true,
      },
      paint: text,
    },
  ];
}

function marks(theme: Theme): LayerSpecification[] {
  const c = COLOURS[theme];
  const size: any = ["interpolate", ["linear"], ["zoom"], 8, 0.62, 12, 0.85, 15, 1.05];
  const text = { "text-font": FONT, "text-size": 11.5 } as const;
  const halo = { "text-halo-color": c.halo, "text-halo-width": 1.8 };
  // Marks stand where they stand; names are laid under them, and left out where they would cover one.
  return [
    {
      id: CREW_NAMES, type: "symbol", source: CREWS,
      layout: { ...text, "text-field": ["step", ["zoom"], "", 12, ["get", "name"]], "text-anchor": "top", "text-offset": ["get", "below"] },
      paint: { "text-color": c.text, ...halo },
    },
    {
      id: `${OUTAGES}-names`, type: "symbol", source: OUTAGES, filter: ["!", ["has", "point_count"]],
      layout: { ...text, "text-field": ["step", ["zoom"], "", 12.5, ["get", "label"]], "text-anchor": "left", "text-offset": [1.3, 0] },
      paint: { "text-color": ["get", "colour"], ...halo },
    },
    {
      id: CREWS, type: "symbol", source: CREWS,
      layout: { "icon-image": ["get", "mark"], "icon-size": size, "icon-allow-overlap": true, "icon-offset": ["get", "offset"] },
    },
    {
      id: OUTAGES, type: "symbol", source: OUTAGES,
      layout: { "icon-image": ["get", "mark"], "icon-size": size, "icon-allow-overlap": true, "symbol-sort-key": ["get", "order"] },
    },
  ];
}

/** How outages that lie close together are drawn as one. */
export interface GatheredOutages {
  source: { cluster: true; clusterRadius: number; clusterMaxZoom: number; clusterProperties: Record<string, unknown> };
}

export function putOutages(map: GlMap, shown: readonly Outage[], theme: Theme, late?: ReadonlySet<string>): void {
  put(
    map,
    OUTAGES,
    shown.map((each) => ({
      type: "Feature",
      geometry: each.at,
      properties: {
        id: each.id,
        mark: `outage-${priorityOf(each)}-${phaseOf(each)}`,
        colour: PHASE_COLOUR[theme][phaseOf(each)],
        label: `${each.number}`,
        danger: priorityOf(each) === "danger" ? 1 : 0,
        late: late?.has(each.id) ? 1 : 0,
        // What is drawn last lies on top: danger.
        order: -PRIORITIES.indexOf(priorityOf(each)),
      },
    })),
  );
}

/** Draw crews; those that stand in one place are laid around it, but for the chosen one. */
export function putCrews(map: GlMap, shown: readonly Placed[], chosen: Selected, labelOf = (crew: Placed) => named(crew.name)): void {
  const together = new Map<string, Placed[]>();
  for (const each of shown) {
    const place = each.position.at.coordinates.map((x) => x.toFixed(4)).join(",");
    together.set(place, [...(together.get(place) ?? []), each]);
  }
  const features = [...together.values()].flatMap((group) =>
    group.map((each, at): GeoJSON.Feature => {
      const turn = (at / group.length) * 2 * Math.PI;
      const reach = group.length === 1 || each.id === chosen?.id ? 0 : 20 + group.length * 3.2;
      return {
        type: "Feature",
        geometry: each.position.at,
        properties: {
          id: each.id,
          name: labelOf(each),
          mark: `crew-${crewingOf(each)}`,
          offset: [Math.cos(turn) * reach, Math.sin(turn) * reach],
          // In lines of text, which a mark is a little larger than: the name goes with its mark.
          below: [(Math.cos(turn) * reach) / 12, (Math.sin(turn) * reach) / 12 + 0.9],
        },
      };
    }),
  );
  put(map, CREWS, features);
}

/** Draw a way by its roads; without them the stops are joined in their order. */
export function putRoute(map: GlMap, route: Route | null, crew: Crew | undefined): void {
  if (route === null || crew === undefined || route.items.length === 0) return put(map, "route", []);
  const stops = [crew.position.at, ...route.items.map((each) => each.place.at)];
  const joined: GeoJSON.LineString = { type: "LineString", coordinates: stops.map((each) => each.coordinates) };
  const legs = route.way?.legs ?? [{ line: joined, straight: "unknown" }];
  put(
    map,
    "route",
    legs.map((each) => ({
      type: "Feature",
      geometry: each.line,
      properties: { straight: each.straight !== null },
    })),
  );
}

export function putChosen(map: GlMap, chosen: Selected, at: [number, number] | undefined): void {
  putRings(map, chosen === null || at === undefined ? [] : [at]);
}

/** Draw a ring around each of some places. */
export function putRings(map: GlMap, places: readonly [number, number][]): void {
  const points = places.map((at): GeoJSON.Point => ({ type: "Point", coordinates: at }));
  put(map, "chosen", points.map((geometry) => ({ type: "Feature", geometry, properties: {} })));
}
