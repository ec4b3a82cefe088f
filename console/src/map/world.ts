// What the map's page shows of what is known.
import { computed, signal } from "@preact/signals";
import { ask } from "../api";
import { crewingOf, phaseOf, priorityOf, CREWINGS, PHASES, PRIORITIES } from "../facts/standing";
import { cut, facts } from "../facts/store";
import { hearing } from "../live";
import type { Me, Outage, Route } from "../shapes";
import { notOver } from "./closures_now";
import type { Selected } from "./overlay";

export {
  crewingOf, phaseOf, priorityOf, CREWINGS, PHASES, PRIORITIES,
  type Crewing, type Phase, type Priority,
} from "../facts/standing";
export { ground as told, loaded } from "../facts/store";
export { fault } from "../facts/feed";
export { holds } from "./closures_now";
export type { Selected } from "./overlay";

export const KINDS = ["outage", "crew", "closure"] as const;
export const me = signal<Me | null>(null);
export const outages = facts.outage;
export const crews = facts.crew;
export const closures = facts.closure;
export const whole = computed(() => !cut.value.has("outage") && !cut.value.has("crew"));
export const hidden = signal<ReadonlySet<string>>(new Set(["off"]));
export const selected = signal<Selected>(null);
export const hovered = signal<string | null>(null);
export const route = signal<Route | null>(null);

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
export const shownClosures = computed(() => {
  const { at } = hearing.value;
  if (hidden.value.has("closure")) return [];
  return notOver(closures.value.values(), at);
});
export const activeCrews = computed(() => [...crews.value.values()].filter((each) => each.active));

export function crewOn(outage: string) {
  return [...crews.value.values()].find((each) => each.task?.outage === outage);
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
