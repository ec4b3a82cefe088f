// One call: what has been said so far, what stands at the place, and what it came to when sent.
import { computed, effect, signal } from "@preact/signals";
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
export const hazards = signal<ReadonlySet<Hazard>>(new Set());
export const scope = signal<Scope>("home");
export const breaker = signal<Breaker>("unknown");
export const life = signal(false);
export const name = signal("");
export const phone = signal("");
export const note = signal("");
export const matches = signal<Matches | null>(null);
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
    const point = home.value?.service_point_id;
    const mine = ++turn;
    matches.value = null;
    if (point === undefined) return;
    const query = new URLSearchParams({ service_point: point });
    if (phone.peek() !== "") query.set("phone", phone.peek());
    void ask<Matches>(`/v1/matches?${query}`).then(
      (found) => { if (mine === turn) matches.value = found; },
      (reason) => { if (mine === turn) fault.value = told(reason); },
    );
  });
}

const body = computed(() => {
  const words = [note.value.trim()];
  if (breaker.value !== "unknown" && scope.value === "home") words.push(say(breaker.value === "on" ? "note.breaker_on" : "note.breaker_tripped"));
  return {
    channel: "phone",
    place: { service_point_id: home.value?.service_point_id },
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
  if (busy.value || home.value === null || taken.value !== null) return;
  const wanted = body.value;
  const text = JSON.stringify(wanted);
  if (kept?.text !== text) kept = { text, key: crypto.randomUUID() };
  busy.value = true;
  fault.value = null;
  try {
    taken.value = await trying(wanted, kept.key);
  } catch (reason) {
    fault.value = told(reason);
  } finally {
    busy.value = false;
  }
}

/** Send until there is an answer: a lost one is asked for again under the same key. */
async function trying(wanted: unknown, key: string): Promise<ReportTaken> {
  for (const pause of [...PAUSES_MS, null]) {
    try {
      return await send<ReportTaken>("/v1/reports", wanted, { "Idempotency-Key": key });
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
