// What the page knows: one store by id, and what of it is shown.
import { computed, signal } from "@preact/signals";
import { all, ask } from "../api";
import { hearing } from "../live";
import type { Closure, Crew, MapTold, Me, Outage, Route, Told } from "../shapes";

export const PHASES = ["waiting", "sent", "work", "back"] as const;
export const PRIORITIES = ["danger", "life", "key", "normal"] as const;
export const CREWINGS = ["free", "busy", "off"] as const;
export type Phase = (typeof PHASES)[number];
export type Priority = (typeof PRIORITIES)[number];
export type Crewing = (typeof CREWINGS)[number];
export type Selected = { kind: "outage" | "crew"; id: string } | null;

const MOST = 10_000;
const PHASE_OF: Record<string, Phase> = {
  dispatched: "sent",
  acknowledged: "sent",
  en_route: "sent",
  arrived: "work",
  customer_contacted: "work",
  assessing: "work",
  working: "work",
  restored: "back",
  verifying: "back",
  callback: "back",
};

export const told = signal<MapTold | null>(null);
export const me = signal<Me | null>(null);
export const outages = signal<ReadonlyMap<string, Outage>>(new Map());
export const crews = signal<ReadonlyMap<string, Crew>>(new Map());
export const closures = signal<ReadonlyMap<string, Closure>>(new Map());
export const whole = signal(true);
export const loaded = signal(false);
export const fault = signal<string | null>(null);
export const hidden = signal<ReadonlySet<string>>(new Set(["off"]));
export const selected = signal<Selected>(null);
export const hovered = signal<string | null>(null);
export const route = signal<Route | null>(null);

export function phaseOf(outage: Outage): Phase {
  return PHASE_OF[outage.status] ?? "waiting";
}

export function priorityOf(outage: Outage): Priority {
  if (outage.hazards.length > 0) return "danger";
  if (outage.life_support) return "life";
  return outage.key_class !== null ? "key" : "normal";
}

export function crewingOf(crew: Crew): Crewing {
  if (crew.task !== null) return "busy";
  return crew.shift?.on_duty ? "free" : "off";
}

function due(outage: Outage): string {
  return outage.arrival_deadline ?? outage.opened_at;
}

export const shownOutages = computed(() =>
  [...outages.value.values()]
    .filter((each) => !hidden.value.has(phaseOf(each)) && !hidden.value.has(priorityOf(each)))
    .sort(
      (a, b) =>
        PHASES.indexOf(phaseOf(a)) - PHASES.indexOf(phaseOf(b)) ||
        PRIORITIES.indexOf(priorityOf(a)) - PRIORITIES.indexOf(priorityOf(b)) ||
        due(a).localeCompare(due(b)) ||
        a.number - b.number,
    ),
);
export const shownCrews = computed(() =>
  [...crews.value.values()]
    .filter((each) => each.active && !hidden.value.has(crewingOf(each)))
    .sort(
      (a, b) =>
        CREWINGS.indexOf(crewingOf(a)) - CREWINGS.indexOf(crewingOf(b)) || a.id.localeCompare(b.id),
    ),
);
/** Whether a closure holds already; those that are over are not shown. */
export function holds(closure: Closure, at: string | null): boolean {
  return at === null || Date.parse(closure.since) <= Date.parse(at);
}

export const shownClosures = computed(() => {
  const { at } = hearing.value;
  if (hidden.value.has("closure")) return [];
  return [...closures.value.values()]
    .filter((each) => each.until === null || at === null || Date.parse(each.until) > Date.parse(at))
    .sort((a, b) => a.since.localeCompare(b.since) || a.id.localeCompare(b.id));
});
export const activeCrews = computed(() => [...crews.value.values()].filter((each) => each.active));

export function crewOn(outage: string): Crew | undefined {
  return [...crews.value.values()].find((each) => each.task?.outage === outage);
}

export async function begin(): Promise<void> {
  const [here, found, working, shut] = await Promise.all([
    ask<MapTold>("/v1/map"),
    all<Outage>("/v1/outages?live=true", MOST),
    all<Crew>("/v1/crews", MOST),
    all<Closure>("/v1/closures", MOST),
  ]);
  told.value = here;
  whole.value = found.whole && working.whole;
  outages.value = new Map(found.items.map((each) => [each.id, each]));
  crews.value = new Map(working.items.map((each) => [each.id, each]));
  closures.value = new Map(shut.items.map((each) => [each.id, each]));
  loaded.value = true;
  fault.value = null;
}

// Many rows may come at once; they are put into the store together, once a frame.
const waiting: Told[] = [];

export function take(row: Told): void {
  if (waiting.push(row) === 1) setTimeout(apply, 50);
}

function apply(): void {
  const nextOutages = new Map(outages.value);
  const nextCrews = new Map(crews.value);
  const nextClosures = new Map(closures.value);
  const stores = { outage: nextOutages, crew: nextCrews, closure: nextClosures };
  for (const each of waiting.splice(0)) {
    if (each.event === "gone") stores[each.kind].delete(each.id);
    else if (each.event === "row" && each.kind === "crew") nextCrews.set(each.id, each.row);
    else if (each.event === "row" && each.kind === "closure") nextClosures.set(each.id, each.row);
    else if (each.event === "row" && each.kind === "outage") {
      if (each.row.seq < (nextOutages.get(each.id)?.seq ?? -1)) continue;
      if (each.row.closed_at === null) nextOutages.set(each.id, each.row);
      else nextOutages.delete(each.id);
    }
  }
  outages.value = nextOutages;
  crews.value = nextCrews;
  closures.value = nextClosures;
}

/** Show the route of a crew, or of none; an answer that comes too late is not shown. */
export async function showRoute(crew: string | null): Promise<void> {
  hovered.value = crew;
  if (crew === null || crews.value.get(crew)?.task == null) {
    route.value = null;
    return;
  }
  const found = await ask<Route>(`/v1/crews/${encodeURIComponent(crew)}/route?way=true`).catch(() => null);
  if (hovered.value === crew) route.value = found;
}

export function select(next: Selected): void {
  selected.value = next;
  const crew = next?.kind === "crew" ? next.id : next && crewOn(next.id)?.id;
  void showRoute(crew ?? null);
}

export function toggle(name: string): void {
  const next = new Set(hidden.value);
  if (!next.delete(name)) next.add(name);
  hidden.value = next;
}
