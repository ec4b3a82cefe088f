// Times on the map's page.
export { clockIn, clockOf, zoneOf } from "../facts/times";
