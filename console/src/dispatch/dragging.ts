// Dragging work to a crew, from the queue, the map or the timeline: the price is shown before the drop.
import { signal } from "@preact/signals";
import { leadTask } from "../facts/standing";
import { facts } from "../facts/store";
import { assign } from "../plan/orders";
import { price, type Price } from "../plan/price";
import { owed } from "../plan/proposal";

export interface Dragged {
  task: string;
  number: number;
  x: number;
  y: number;
  crew: string | null;
  price: Price | null;
}
/** A choice that was let go of before its price was known: it is asked for once more. */
export interface Wished {
  task: string;
  crew: string;
}

const FAR = 6;
const SETTLE_MS = 90;
export const dragged = signal<Dragged | null>(null);
export const wished = signal<Wished | null>(null);
const finders = new Set<(x: number, y: number) => string | null>();

/** A pane says which crew lies under a point of the screen. */
export function finds(finder: (x: number, y: number) => string | null): () => void {
  finders.add(finder);
  return () => finders.delete(finder);
}

function crewAt(x: number, y: number): string | null {
  const row = document.elementFromPoint(x, y)?.closest<HTMLElement>("[data-drop-crew]");
  if (row) return row.dataset["dropCrew"]!;
  for (const finder of finders) {
    const found = finder(x, y);
    if (found !== null) return found;
  }
  return null;
}

export function taskOf(outage: string): string | null {
  const row = facts.outage.value.get(outage);
  return (row && leadTask(row)?.id) ?? null;
}

let asking: ReturnType<typeof setTimeout> | undefined;

function over(task: string, crew: string): void {
  clearTimeout(asking);
  asking = setTimeout(() => {
    void price({ task, crew }).then((found) => {
      const held = dragged.value;
      if (held !== null && held.task === task && held.crew === crew) dragged.value = { ...held, price: found };
    });
  }, SETTLE_MS);
}

/** Begin to drag a task where the pointer went down; a click is left a click. */
export function grab(task: string | null, event: { clientX: number; clientY: number }): void {
  const held = task === null ? undefined : owed.value.get(task);
  if (task === null || held === undefined) return;
  const { clientX, clientY } = event;
  let moving = false;
  const move = (to: PointerEvent) => {
    if (!moving && Math.hypot(to.clientX - clientX, to.clientY - clientY) < FAR) return;
    moving = true;
    to.preventDefault();
    const crew = crewAt(to.clientX, to.clientY);
    const before = dragged.value;
    const same = before?.crew === crew;
    dragged.value = {
      task, number: held.outage.number, x: to.clientX, y: to.clientY, crew,
      price: same ? (before?.price ?? null) : null,
    };
    if (crew !== null && !same) over(task, crew);
  };
  const end = (drop: boolean) => {
    removeEventListener("pointermove", move);
    removeEventListener("pointerup", up);
    removeEventListener("pointercancel", cancel);
    removeEventListener("keydown", escape, true);
    clearTimeout(asking);
    const last = dragged.value;
    dragged.value = null;
    if (!moving) return;
    // The click that ends a drag chooses nothing.
    const swallow = (click: Event) => click.stopPropagation();
    addEventListener("click", swallow, { capture: true, once: true });
    setTimeout(() => removeEventListener("click", swallow, { capture: true }), 0);
    if (!drop || last?.crew == null) return;
    if (last.price === null) wished.value = { task, crew: last.crew };
    else void assign(held.outage.district, task, last.crew);
  };
  const up = () => end(true);
  const cancel = () => end(false);
  const escape = (pressed: KeyboardEvent) => {
    if (pressed.key !== "Escape") return;
    pressed.stopPropagation();
    end(false);
  };
  addEventListener("pointermove", move);
  addEventListener("pointerup", up);
  addEventListener("pointercancel", cancel);
  addEventListener("keydown", escape, true);
}
