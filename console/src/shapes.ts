// What the api tells, by the names these pages use; the types are made from its own document.
import type { components } from "../made/schema";

export type Told = Schemas["LiveEvent"];
export type Schemas = components["schemas"];
export type Names = Schemas["Names"];
export type Box = [number, number, number, number];
export type Place = Schemas["GeoPoint"];
export type Outage = Schemas["OutageBrief"];
/** What is told of an outage wherever it is told. */
export type Listed = Omit<Outage, "tasks">;
export type OutageWhole = Schemas["OutageWhole"];
export type TaskShown = Schemas["TaskShown"];
export type Crew = Schemas["CrewShown"];
/** What is told of a crew at any moment. */
export type Placed = Schemas["CrewPlaced"];
export type Report = Schemas["ReportShown"];
export type Page = Schemas["PageShown"];
export type Callback = Schemas["CallbackShown"];
export type Board = Schemas["BoardShown"];
export type Closure = Schemas["ClosureShown"];
export type Route = Schemas["RouteShown"];
export type Way = Schemas["WayShown"];
export type Tiles = Schemas["TilesShown"];
export type MapTold = Schemas["MapShown"];
export type Me = Schemas["Caller"];
export type Role = Schemas["Role"];
export type Kind = Schemas["Kind"];
export type Plan = Schemas["Plan"];
export type Snapshot = Schemas["Snapshot"];
export type Visit = Schemas["Visit"];
export type HomeFound = Schemas["PlaceShown"];
export type Matches = Schemas["Matches"];
export type OutageNear = Schemas["OutageNear"];
export type ReportTaken = Schemas["ReportTaken"];
