// What the api tells, as far as these pages read it; the whole is in /openapi.json.
export interface Names {
  en: string;
  zh: string;
}
export type Box = [number, number, number, number];
export interface Place {
  type: "Point";
  coordinates: [number, number];
}
export interface Outage {
  id: string;
  number: number;
  district: string;
  stage: string;
  status: string;
  seq: number;
  at: Place;
  opened_at: string;
  hazards: string[];
  life_support: boolean;
  key_class: string | null;
  arrival_deadline: string | null;
  arrived_at: string | null;
  etr: string | null;
  closed_at: string | null;
  reports: number;
  customers: number;
  feeder: string | null;
}
export interface Crew {
  id: string;
  name: Names;
  district: string;
  active: boolean;
  position: { at: Place; occurred_at: string | null; age_s: number | null };
  shift: { on_duty: boolean } | null;
  load: number;
  task: { id: string; state: string; outage: string } | null;
}
/** Streets on which nobody drives, with an area in which nobody works, or roads that are slow. */
export interface Closure {
  id: string;
  streets: number[] | null;
  kind: string | null;
  area_class: string | null;
  share: number;
  reason: string;
  since: string;
  until: string | null;
  geometry: { type: "MultiLineString"; coordinates: [number, number][][] } | null;
  area: { type: "Polygon"; coordinates: [number, number][][] } | null;
}
export interface Route {
  crew: string;
  items: { task: string; place: { at: Place } }[];
  way?: Way | null;
}
/** The way there; a leg that is no road says why. */
export interface Way {
  by: string;
  reason: string | null;
  legs: { seconds: number; metres: number; straight: string | null; line: Line }[];
}
export interface Line {
  type: "LineString";
  coordinates: [number, number][];
}
export interface Tiles {
  version: string;
  tiles: string[];
  minzoom: number;
  maxzoom: number;
}
export interface MapTold {
  land: (Tiles & { name: string; attribution: string; bounds: Box }) | null;
  network: Tiles | null;
  base: { style_url: string | null; pmtiles_url: string | null } | null;
  districts: { id: string; name: Names; time_zone: string; bounds: Box }[];
  bounds: Box | null;
}
export interface Me {
  subject: string;
  name: string;
  role: string;
}
export type Told =
  | { event: "hello"; at: string; heartbeat_s: number }
  | { event: "row"; kind: "outage"; id: string; seq: number; row: Outage }
  | { event: "row"; kind: "crew"; id: string; seq: null; row: Crew }
  | { event: "row"; kind: "closure"; id: string; seq: null; row: Closure }
  | { event: "gone"; kind: "outage" | "crew" | "closure"; id: string }
  | { event: "heartbeat"; at: string; behind_s: number }
  | { event: "resync"; reason: string }
  | { event: "sign_in_again"; code: string };
