// The style of the land: background first, so that no place is ever blank.
import type { LayerSpecification, SourceSpecification, StyleSpecification } from "maplibre-gl";
import type { Box, MapTold } from "../shapes";
import type { Language } from "../words";
import { COLOURS, type Colours, type Theme } from "./palette";

export const FONT = ["Noto Sans"];
const WORLD: Box = [-180, -85, 180, 85];

export function nameIn(lang: Language): any {
  return ["coalesce", ["get", lang === "zh" ? "name_zh" : "name_en"], ["get", "name"], ""];
}

export function absolute(path: string): string {
  return new URL(path, location.origin).href.replaceAll("%7B", "{").replaceAll("%7D", "}");
}

function ring([west, south, east, north]: Box): [number, number][] {
  return [[west, south], [east, south], [east, north], [west, north], [west, south]];
}

export function landStyle(told: MapTold, theme: Theme, lang: Language): StyleSpecification {
  const colours = COLOURS[theme];
  const sources: Record<string, SourceSpecification> = {};
  const layers: LayerSpecification[] = [
    { id: "background", type: "background", paint: { "background-color": colours.land } },
  ];
  const { land } = told;
  if (land !== null) {
    sources["land"] = {
      type: "vector",
      tiles: land.tiles.map(absolute),
      minzoom: land.minzoom,
      maxzoom: land.maxzoom,
      bounds: land.bounds,
      attribution: land.attribution,
    };
    sources["beyond"] = {
      type: "geojson",
      data: {
        type: "Feature",
        properties: {},
        geometry: { type: "Polygon", coordinates: [ring(WORLD), ring(land.bounds)] },
      },
    };
    layers.push(...areas(colours), ...lines(colours), ...beyond(colours), ...names(colours, lang));
  }
  return { version: 8, sources, layers };
}

function areas(c: Colours): LayerSpecification[] {
  const colour: any = ["match", ["get", "kind"]];
  for (const kind of ["wood", "grass", "farmland", "residential", "industrial", "commercial"])
    colour.push(kind, c[kind as keyof Colours]);
  colour.push(c.land);
  const land = { source: "land" } as const;
  return [
    { id: "landuse", type: "fill", ...land, "source-layer": "landuse", paint: { "fill-color": colour } },
    { id: "water", type: "fill", ...land, "source-layer": "water", paint: { "fill-color": c.water } },
    {
      id: "building", type: "fill", ...land, "source-layer": "buildings", minzoom: 13,
      paint: { "fill-color": c.building, "fill-opacity": ["interpolate", ["linear"], ["zoom"], 13, 0.4, 15, 1] },
    },
  ];
}

const WIDTH: Record<string, [number, number, number]> = {
  // at zoom 8, 14 and 18
  major: [1.4, 6, 22],
  middle: [0.7, 4.2, 18],
  minor: [0.2, 2.2, 13],
};
const KINDS: Record<string, string[]> = {
  minor: ["residential", "service", "tertiary"],
  middle: ["secondary", "primary"],
  major: ["trunk", "motorway"],
};

function width(name: string, more: number): any {
  const [a, b, c] = WIDTH[name]!;
  return ["interpolate", ["exponential", 1.4], ["zoom"], 8, a + more / 2, 14, b + more, 18, c + more];
}

function lines(c: Colours): LayerSpecification[] {
  const line = (id: string, layer: string, filter: any, paint: any): LayerSpecification => ({
    id, type: "line", source: "land", "source-layer": layer, filter,
    layout: { "line-cap": "round", "line-join": "round" }, paint,
  });
  const is = (...kinds: string[]): any => ["in", ["get", "kind"], ["literal", kinds]];
  const layers = [
    line("river", "courses", is("river"), { "line-color": c.waterline, "line-width": ["interpolate", ["linear"], ["zoom"], 8, 1, 14, 4] }),
    line("stream", "courses", is("stream"), { "line-color": c.waterline, "line-width": 1 }),
    line("track", "roads", is("track"), { "line-color": c.track, "line-width": 1, "line-dasharray": [3, 2] }),
  ];
  for (const [name, kinds] of Object.entries(KINDS)) {
    const casing = c[`${name}Case` as keyof Colours];
    layers.push(line(`${name}-case`, "roads", is(...kinds), { "line-color": casing, "line-width": width(name, 1.6) }));
  }
  for (const [name, kinds] of Object.entries(KINDS))
    layers.push(line(name, "roads", is(...kinds), { "line-color": c[name as keyof Colours], "line-width": width(name, 0) }));
  layers.push(
    line("railway", "courses", is("railway"), { "line-color": c.railway, "line-width": 1.6, "line-dasharray": [4, 3] }),
    line("power-line", "courses", is("power_line"), { "line-color": c.powerline, "line-width": 1, "line-dasharray": [6, 3] }),
  );
  return layers;
}

function beyond(c: Colours): LayerSpecification[] {
  return [
    { id: "beyond", type: "fill", source: "beyond", paint: { "fill-color": c.beyond } },
    { id: "beyond-hatch", type: "fill", source: "beyond", paint: { "fill-pattern": "hatch" } },
    { id: "beyond-edge", type: "line", source: "beyond", paint: { "line-color": c.edge, "line-width": 1, "line-dasharray": [4, 3] } },
  ];
}

function names(c: Colours, lang: Language): LayerSpecification[] {
  const name = nameIn(lang);
  const text = { "text-field": name, "text-font": FONT };
  const paint = { "text-color": c.text, "text-halo-color": c.halo, "text-halo-width": 1.6 };
  return [
    {
      id: "road-name", type: "symbol", source: "land", "source-layer": "roads", minzoom: 13,
      filter: ["!=", name, ""],
      layout: { ...text, "symbol-placement": "line", "text-size": 11.5, "symbol-spacing": 350 },
      paint: { ...paint, "text-color": c.quiet },
    },
    {
      id: "water-name", type: "symbol", source: "land", "source-layer": "courses", minzoom: 11,
      filter: ["in", ["get", "kind"], ["literal", ["river", "stream"]]],
      layout: { ...text, "symbol-placement": "line", "text-size": 11.5, "symbol-spacing": 450 },
      paint: { ...paint, "text-color": c.waterText },
    },
    {
      id: "place-name", type: "symbol", source: "land", "source-layer": "places",
      layout: {
        ...text,
        "text-size": ["match", ["get", "kind"], "city", 19, "town", 15.5, "village", 13.5, 12],
        "symbol-sort-key": ["match", ["get", "kind"], "city", 0, "town", 1, "village", 2, "suburb", 3, 4],
        // Beside the marks where they cover its middle.
        "text-variable-anchor": ["center", "top", "bottom", "left", "right"],
        "text-radial-offset": [
          "interpolate", ["linear"], ["zoom"],
          8, ["match", ["get", "kind"], "city", 2, 1],
          11, ["match", ["get", "kind"], "city", 6, 1],
        ],
        "text-padding": 6,
        "text-max-width": 8,
      },
      paint,
    },
  ];
}
