// Times as the district's clocks show them, with the zone by name.
import { hearing } from "../live";
import { language } from "../words";
import { told } from "./world";

export function zoneOf(district?: string): string {
  const known = told.value?.districts ?? [];
  return (known.find((each) => each.id === district) ?? known[0])?.time_zone ?? "UTC";
}

function write(moment: string, zone: string, more: Intl.DateTimeFormatOptions): string {
  const lang = language.value === "zh" ? "zh-CN" : "en-GB";
  return new Intl.DateTimeFormat(lang, { timeZone: zone, hour12: false, ...more }).format(
    new Date(moment),
  );
}

const DAY: Intl.DateTimeFormatOptions = { day: "2-digit", month: "2-digit" };
const HOUR: Intl.DateTimeFormatOptions = { hour: "2-digit", minute: "2-digit" };

/** Return a time of day, with its date where that is not the day of the last news. */
export function clockIn(moment: string, district?: string): string {
  const zone = zoneOf(district);
  const now = hearing.value.at;
  const today = now !== null && write(now, zone, DAY) === write(moment, zone, DAY);
  return write(moment, zone, today ? HOUR : { ...DAY, ...HOUR });
}

export function clockOf(moment: string): string {
  return write(moment, zoneOf(), { ...HOUR, second: "2-digit" });
}
