// One call: what has been said so far, what stands at the place, and what it came to when sent.
import { batch, computed, effect, signal } from "@preact/signals";
import { Problem, ask, send } from "../api";
import type { HomeFound, Matches, ReportTaken } from "../shapes";
import { say } from "../words";

export const HAZARDS = ["fire", "wire_down", "electric_shock", "trapped_person", "flooded_equipment", "pole_down"] as const;
export const SCOPES = ["home", "floor", "building", "area"] as const;
export const BREAKERS = ["unknown", "on", "tripped"] as const;
export type Hazard = (typeof HAZARDS)[number];
export type Scope = (typeof SCOPES)[number];
export type Breaker = (typeof BREAKERS)[number];

export const home = signal<HomeFound | null>(null);
/** A place without a home: where on the map the caller is. */
export const spot = signal<[number, number] | null>(null);
export const placed = computed(() => home.value !== null || spot.value !== null);
/** What is to be looked for next as if it were typed: a point of the map. */
export const wanted = signal<string | null>(null);
/** The homes that are offered just now, and which of them is marked. */
export const offered = signal<{ homes: readonly HomeFound[]; marked: number }>({ homes: [], marked: 0 });
export const hazards = signal<ReadonlySet<Hazard>>(new Set());
export const scope = signal<Scope>("home");
export const breaker = signal<Breaker>("unknown");
export const life = signal(false);
export const name = signal("");
export const phone = signal("");
export const note = signal("");
export const matches = signal<Matches | null>(null);
/** The outage whose dark part is drawn: at first the one that the report would join. */
export const drawn = signal<string | null>(null);
export const busy = signal(false);
/** Why it could not be sent; what was typed stays. */
export const fault = signal<string | null>(null);
export const taken = signal<ReportTaken | null>(null);

/** A home was found: whoever is supplied there is probably the caller, until somebody types else. */
export function at(found: HomeFound | null): void {
  const before = home.value;
  home.value = found;
  if (name.value === (before?.customer ?? "")) name.value = found?.customer ?? "";
  if (phone.value === (before?.phone ?? "")) phone.value = found?.phone ?? "";
  life.value = found?.life_support ?? false;
  spot.value = null;
}

export function atPoint(point: [number, number]): void {
  batch(() => {
    at(null);
    spot.value = point;
  });
}

const FIGURE = String.raw`-?\d{1,3}\.\d+`;
const COORDINATES = new RegExp(`^\\s*(${FIGURE})\\s*[,，;\\s]\\s*(${FIGURE})\\s*$`);

/** Read longitude and latitude out of what was typed; null where it is something else. */
export function pointIn(text: string): [number, number] | null {
  const found = COORDINATES.exec(text);
  return found === null ? null : [Number(found[1]), Number(found[2])];
}

export function clear(): void {
  at(null);
  for (const each of [name, phone, note]) each.value = "";
  hazards.value = new Set();
  scope.value = "home";
  breaker.value = "unknown";
  for (const each of [matches, fault, taken]) each.value = null;
  kept = null;
}

/** Ask what stands at the place as soon as it is known, and again when the number changes. */
export function attend(): () => void {
  let turn = 0;
  return effect(() => {
    const [point, bare] = [home.value?.service_point_id, spot.value];
    const mine = ++turn;
    matches.value = null;
    drawn.value = null;
    if (point === undefined && bare === null) return;
    fault.value = null;
    const query = new URLSearchParams(point === undefined ? { lon: String(bare![0]), lat: String(bare![1]) } : { service_point: point });
    if (phone.peek() !== "") query.set("phone", phone.peek());
    void ask<Matches>(`/v1/matches?${query}`).then(
      (found) => {
        if (mine !== turn) return;
        matches.value = found;
        drawn.value = found.outages.find((each) => each.joins)?.id ?? null;
      },
      (reason) => { if (mine === turn) fault.value = told(reason); },
    );
  });
}

const body = computed(() => {
  const words = [note.value.trim()];
  if (breaker.value !== "unknown" && scope.value === "home") words.push(say(breaker.value === "on" ? "note.breaker_on" : "note.breaker_tripped"));
  return {
    channel: "phone",
    place: home.value === null ? { at: spot.value } : { service_point_id: home.value.service_point_id },
    scope: scope.value,
    hazards: [...hazards.value].sort(),
    life_support: life.value,
    ...(name.value.trim() === "" ? {} : { reporter_name: name.value.trim() }),
    ...(phone.value.trim() === "" ? {} : { reporter_phone: phone.value.trim() }),
    ...(words.join(" ").trim() === "" ? {} : { note: words.join(" ").trim() }),
  };
});

/** The key a report goes under: the same for the same words, however often it is sent. */
let kept: { text: string; key: string } | null = null;
const PAUSES_MS = [500, 1500, 3000];

export async function sendIt(): Promise<void> {
  if (busy.value || !placed.value || taken.value !== null) return;
  const said = body.value;
  const text = JSON.stringify(said);
  if (kept?.text !== text) kept = { text, key: crypto.randomUUID() };
  busy.value = true;
  fault.value = null;
  try {
    taken.value = await trying(said, kept.key);
  } catch (reason) {
    fault.value = told(reason);
  } finally {
    busy.value = false;
  }
}

/** Send until there is an answer: a lost one is asked for again under the same key. */
async function trying(said: unknown, key: string): Promise<ReportTaken> {
  for (const pause of [...PAUSES_MS, null]) {
    try {
      return await send<ReportTaken>("/v1/reports", said, { "Idempotency-Key": key });
    } catch (reason) {
      const lost = !(reason instanceof Problem) || reason.status >= 502;
      if (!lost || pause === null) throw reason;
      await new Promise((on) => setTimeout(on, pause));
    }
  }
  throw new Error("unreachable");
}

function told(reason: unknown): string {
  return reason instanceof Problem && reason.message !== "" ? reason.message : say("incoming.no_answer");
}
