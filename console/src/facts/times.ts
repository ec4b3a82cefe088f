// Times as a district's clocks show them, spans and ages; the zone is named in the header.
import { language, say } from "../words";
import { now } from "./house";
import { districts } from "./store";

export function zoneOf(district?: string): string {
  const known = districts.value;
  return (known.find((each) => each.id === district) ?? known[0])?.time_zone ?? "UTC";
}

const made = new Map<string, Intl.DateTimeFormat>();

function write(moment: number, zone: string, name: string, more: Intl.DateTimeFormatOptions): string {
  const lang = language.value === "zh" ? "zh-CN" : "en-GB";
  const key = `${lang} ${zone} ${name}`;
  if (!made.has(key)) made.set(key, new Intl.DateTimeFormat(lang, { timeZone: zone, hour12: false, ...more }));
  return made.get(key)!.format(moment);
}

const DAY: Intl.DateTimeFormatOptions = { day: "2-digit", month: "2-digit" };
const HOUR: Intl.DateTimeFormatOptions = { hour: "2-digit", minute: "2-digit" };
type Moment = string | number;
const at = (moment: Moment) => (typeof moment === "number" ? moment : Date.parse(moment));

export function dayOf(moment: Moment, district?: string): string {
  return write(at(moment), zoneOf(district), "day", DAY);
}

/** Return a time of day, with its date where that is not today's. */
export function clockIn(moment: Moment, district?: string): string {
  const zone = zoneOf(district);
  const today = now.value !== null && write(now.value, zone, "day", DAY) === write(at(moment), zone, "day", DAY);
  return today ? write(at(moment), zone, "hour", HOUR) : write(at(moment), zone, "both", { ...DAY, ...HOUR });
}

export function clockOf(moment: Moment, district?: string): string {
  return write(at(moment), zoneOf(district), "second", { ...HOUR, second: "2-digit" });
}

/** Return a span in the two largest units that say something: 3 h 05, 12 min, 48 s. */
export function span(ms: number): string {
  const s = Math.floor(Math.abs(ms) / 1000);
  if (s < 60) return say("span.seconds", { s });
  const minutes = Math.floor(s / 60);
  if (minutes < 60) return say("span.minutes", { m: minutes });
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return say("span.hours", { h: hours, m: String(minutes % 60).padStart(2, "0") });
  return say("span.days", { d: Math.floor(hours / 24), h: hours % 24 });
}

/** Return a countdown as mm:ss, with hours where there are some. */
export function countdown(ms: number): string {
  const s = Math.floor(Math.abs(ms) / 1000);
  const two = (n: number) => String(n).padStart(2, "0");
  const hours = Math.floor(s / 3600);
  const rest = `${two(Math.floor((s % 3600) / 60))}:${two(s % 60)}`;
  return `${ms < 0 ? "+" : ""}${hours > 0 ? `${hours}:${rest}` : rest}`;
}
