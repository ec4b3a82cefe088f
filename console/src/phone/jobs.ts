// The crew's jobs in the order of its plan, read anew whenever something of them was told.
import { computed, signal } from "@preact/signals";
import { Problem, ask } from "../api";
import { isUnderWay } from "../facts/standing";
import { ground } from "../facts/store";
import { follow } from "../live";
import type { Crew, MapTold, Page, Route, Schemas } from "../shapes";
import { me } from "../shell/session";
import { tokens } from "../sign_in";
import { say } from "../words";

export type Stop = Schemas["StopShown"];
export const crew = signal<Crew | null>(null);
export const route = signal<Route | null>(null);
const pages = signal<readonly Page[]>([]);
export const fault = signal<string | null>(null);

/** The alerts of each order as one, the latest first: they must not push the job off the screen. */
export const alerts = computed(() => {
  const found = new Map<string, [Page, ...Page[]]>();
  for (const page of [...pages.value].sort((a, b) => (a.at < b.at ? 1 : -1))) {
    const about = page.outage.id ?? page.id;
    const known = found.get(about);
    if (known) known.push(page);
    else found.set(about, [page]);
  }
  return [...found.values()];
});

/** What is under way goes first, whatever the plan says. */
export const job = computed<Stop | null>(() => {
  const stops = route.value?.items ?? [];
  return stops.find((stop) => isUnderWay(stop.state)) ?? stops.find((stop) => stop.ready) ?? stops[0] ?? null;
});
export const later = computed(() => (route.value?.items ?? []).filter((stop) => stop !== job.value));
export const leg = computed(() => route.value?.way?.legs.find((each) => each.task === job.value?.task) ?? null);

/** In this order the next state of a job is offered: the first that is allowed now. */
const STEPS = [
  "acknowledge", "depart", "arrive", "contact_customer", "make_safe", "begin_work", "resume", "restore", "complete",
] as const;

export function nextStep(stop: Stop): string | null {
  const may = new Set(stop.allowed.map((each) => each.action));
  const told = stop.outage.status === "customer_contacted" || stop.state !== "arrived";
  return STEPS.find((step) => may.has(step) && !(step === "contact_customer" && told)) ?? null;
}

export function may(stop: Stop, action: string): boolean {
  return stop.allowed.some((each) => each.action === action);
}

export async function read(): Promise<void> {
  const id = me.value?.crew;
  if (!id) return;
  const path = `/v1/crews/${encodeURIComponent(id)}`;
  const [found, stops, open] = await Promise.all([
    ask<Crew>(path), ask<Route>(`${path}/route?way=true`), ask<Schemas["Page_PageShown_"]>("/v1/pages?open=true&limit=20"),
  ]);
  crew.value = found;
  route.value = stops;
  pages.value = open.items;
}

export async function readSoon(): Promise<void> {
  try {
    await read();
    fault.value = null;
  } catch (error) {
    fault.value = error instanceof Problem && error.message ? error.message : say("phone.no_line");
  }
}

/** Follow the feed for as long as the page is open; return what ends that. */
export function keepJobs(): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const end = follow("/v1/live?kind=crew&kind=outage&kind=page", {
    begin: async () => {
      if (ground.value === null) ground.value = await ask<MapTold>("/v1/map");
      await readSoon();
    },
    take: (told) => {
      if (told.event !== "row" && told.event !== "gone") return;
      clearTimeout(timer);
      timer = setTimeout(() => void readSoon(), 400);
    },
    ended: () => (tokens.value = null),
  });
  return () => {
    clearTimeout(timer);
    end();
  };
}
