// The story of one outage as it was told, and as much of it as was known at a moment.
import { computed, effect, signal } from "@preact/signals";
import { Problem, all, ask } from "../api";
import { facts } from "../facts/store";
import { counted } from "../photos/photos";
import type { OutageWhole, Schemas } from "../shapes";
import { language, say } from "../words";

export type Line = Schemas["Line"];
export const SORTS = { decisions: ["event", "plan"], field: ["fact", "photo"], alerts: ["page"], customers: ["report", "callback", "meter", "verdict"] } as const;
export type Sort = keyof typeof SORTS;

const MOST = 2000;
export const outage = signal<OutageWhole | null>(null);
export const lines = signal<readonly Line[]>([]);
export const whole = signal(true);
export const fault = signal<string | null>(null);
export const only = signal<Sort | "">("");
/** How many lines were known at the chosen moment; null is now. */
export const until = signal<number | null>(null);

/** Where each line stands in the whole story: a line that is open stays so when others are hidden. */
export const numbers = computed(() => new Map(lines.value.map((line, n) => [line, n])));
export const known = computed(() => lines.value.slice(0, until.value ?? lines.value.length));
export const shown = computed(() =>
  only.value === "" ? known.value : known.value.filter((line) => (SORTS[only.value as Sort] as readonly string[]).includes(line.source)),
);

/** The task that a plan gave to a crew, and which plan that was: what can be asked why. */
export function decisionOf(line: Line): { plan: string; task: string } | null {
  const { plan, task } = line.data as { plan?: string | null; task?: string };
  return (line.kind === "task_assigned" || line.kind === "task_rescheduled") && plan && task ? { plan, task } : null;
}

async function read(id: string): Promise<void> {
  const path = `/v1/outages/${encodeURIComponent(id)}`;
  try {
    const [found, story] = await Promise.all([ask<OutageWhole>(path), all<Line>(`${path}/timeline`, MOST)]);
    outage.value = found;
    lines.value = story.items;
    whole.value = story.whole;
    fault.value = null;
  } catch (error) {
    fault.value = error instanceof Problem && error.message ? error.message : say("toast.no_line");
  }
}

/** Keep the story of an outage as new as its row; return what ends that. */
export function keepStory(id: string): () => void {
  outage.value = null;
  lines.value = [];
  until.value = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const seq = computed(() => `${facts.outage.value.get(id)?.seq ?? 0} ${language.value} ${counted.value.get(id) ?? 0}`);
  const end = effect(() => {
    void seq.value;
    clearTimeout(timer);
    timer = setTimeout(() => void read(id), outage.peek() === null ? 0 : 400);
  });
  return () => {
    clearTimeout(timer);
    end();
  };
}

/** Whether somebody stands behind a line: Relight itself and its planner are not named. */
export function isPerson(line: Line): boolean {
  return line.actor !== null && line.source !== "report" && line.source !== "plan" && line.actor !== "system" && !line.actor.startsWith("board/");
}
