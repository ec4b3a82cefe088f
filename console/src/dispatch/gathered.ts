// Outages that lie close together, drawn as one circle with their number, and how crews move.
import type { LayerSpecification, Map as GlMap } from "maplibre-gl";
import { crewingOf } from "../facts/standing";
import { FONT } from "../map/land";
import { CREWS, OUTAGES, type GatheredOutages, type Selected } from "../map/overlay";
import { COLOURS, type Theme } from "../map/palette";
import { put } from "../map/put";
import type { Crew, Placed } from "../shapes";
import { named, say } from "../words";

export const CLUSTERS = "outages-together";
const OLD_MIN = 10;

export const GATHERED: GatheredOutages = {
  source: {
    cluster: true,
    clusterRadius: 38,
    clusterMaxZoom: 13,
    clusterProperties: { danger: ["+", ["get", "danger"]], late: ["+", ["get", "late"]] },
  },
};

/** The ring says danger and the words say how many: nobody has to tell colours apart. */
export function gatheredLayers(theme: Theme): LayerSpecification[] {
  const c = COLOURS[theme];
  const filter: any = ["has", "point_count"];
  const radius: any = ["step", ["get", "point_count"], 15, 10, 18, 50, 23, 200, 28];
  return [
    {
      id: CLUSTERS, type: "circle", source: OUTAGES, filter,
      paint: {
        "circle-color": c.paper, "circle-radius": radius,
        "circle-stroke-width": ["case", [">", ["get", "danger"], 0], 4, 2.4],
        "circle-stroke-color": ["case", [">", ["+", ["get", "danger"], ["get", "late"]], 0], c.closed, c.ink],
      },
    },
    {
      id: `${CLUSTERS}-count`, type: "symbol", source: OUTAGES, filter,
      layout: {
        "text-field": ["case", [">", ["get", "danger"], 0], ["concat", ["get", "point_count_abbreviated"], "\n⚠", ["get", "danger"]], ["to-string", ["get", "point_count_abbreviated"]]],
        "text-font": FONT, "text-size": 12, "text-line-height": 1.05, "text-allow-overlap": true,
      },
      paint: { "text-color": c.ink },
    },
    {
      id: "crews-heading", type: "symbol", source: CREWS, minzoom: 11.5, filter: ["has", "heading"],
      layout: {
        "text-field": "▲", "text-font": FONT, "text-size": 11, "text-rotate": ["get", "heading"], "text-rotation-alignment": "map",
        "text-allow-overlap": true, "text-ignore-placement": true, "text-offset": [0, -1.75],
      },
      paint: { "text-color": c.route, "text-halo-color": c.halo, "text-halo-width": 1.4 },
    },
  ];
}

interface Track {
  lon: number;
  lat: number;
  heading: number | null;
}
const tracks = new Map<string, Track>();
const LEAST_DEGREES = 0.0003;

/** Return where a crew is heading, read off its last two places; null while it stands. */
function headingOf(crew: Crew): number | null {
  const [lon, lat] = crew.position.at.coordinates;
  const held = tracks.get(crew.id);
  const east = held ? (lon - held.lon) * Math.cos((lat * Math.PI) / 180) : 0;
  const north = held ? lat - held.lat : 0;
  if (held && Math.hypot(east, north) < LEAST_DEGREES) return held.heading;
  const heading = held ? (Math.atan2(east, north) * 180) / Math.PI : null;
  tracks.set(crew.id, { lon, lat, heading });
  return heading;
}

/** Name a crew with the age of its last position. */
export function labelOf(crew: Placed, at: number | null): string {
  const heard = crew.position.occurred_at;
  if (heard === null) return `${named(crew.name)}\n${say("crew.never")}`;
  const minutes = at === null ? 0 : Math.max(0, Math.floor((at - Date.parse(heard)) / 60_000));
  const age = minutes < 1 ? say("crew.now") : say("crew.age", { minutes });
  return `${named(crew.name)}\n${minutes >= OLD_MIN ? "⚠ " : ""}${age}`;
}

/** Draw crews; those that stand in one place are laid around it, but for the chosen one. */
export function putCrewsMoving(map: GlMap, shown: Crew[], chosen: Selected, at: number | null): void {
  const together = new Map<string, number>();
  const turns = new Map<string, number>();
  const key = (crew: Crew) => crew.position.at.coordinates.map((x) => x.toFixed(4)).join(",");
  for (const each of shown) together.set(key(each), (together.get(key(each)) ?? 0) + 1);
  const features = shown.map((each): GeoJSON.Feature => {
    const place = key(each);
    const many = together.get(place)!;
    const nth = turns.get(place) ?? 0;
    turns.set(place, nth + 1);
    const turn = (nth / many) * 2 * Math.PI;
    const reach = many === 1 || each.id === chosen?.id ? 0 : 20 + many * 3.2;
    const heading = many === 1 ? headingOf(each) : null;
    return {
      type: "Feature",
      geometry: each.position.at,
      properties: {
        id: each.id,
        name: labelOf(each, at),
        mark: `crew-${crewingOf(each)}`,
        offset: [Math.cos(turn) * reach, Math.sin(turn) * reach],
        below: [(Math.cos(turn) * reach) / 12, (Math.sin(turn) * reach) / 12 + 0.9],
        ...(heading === null ? {} : { heading }),
      },
    };
  });
  put(map, CREWS, features);
}
