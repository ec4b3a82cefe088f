// Giving a map what it is to draw: only what differs from what it draws already.
import type { GeoJSONSource, Map as GlMap } from "maplibre-gl";

const held = new WeakMap<GeoJSONSource, string>();

/** A map draws a whole frame for whatever it is given, even for the same again. */
export function put(map: GlMap, name: string, features: GeoJSON.Feature[]): void {
  const source = map.getSource<GeoJSONSource>(name);
  if (source === undefined) return;
  const told = JSON.stringify(features);
  if (held.get(source) === told) return;
  held.set(source, told);
  source.setData({ type: "FeatureCollection", features });
}
