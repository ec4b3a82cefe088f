// Short news at the edge, and deeds that wait ten seconds so that they can be taken back.
import { signal } from "@preact/signals";
import { useEffect, useState } from "preact/hooks";
import { Problem } from "../api";
import { say } from "../words";
import { useKeys } from "./keys";

export const UNDO_S = 10;
const STAYS_MS = 8000;

interface Toast {
  id: number;
  text: string;
  tone: "news" | "fault";
  /** What it is about: what is told later about the same takes its place. */
  about?: string;
  /** Wall milliseconds at which the deed is done, while it can be taken back. */
  until?: number;
  undo?: () => void;
  now?: () => void;
}

const toasts = signal<readonly Toast[]>([]);
let count = 0;

function drop(id: number): void {
  toasts.value = toasts.value.filter((each) => each.id !== id);
}

function add(toast: Toast): void {
  const others = toasts.value.filter((each) => each.undo || each.about === undefined || each.about !== toast.about);
  toasts.value = [...others, toast];
}

/** News goes by itself; a fault stays until it is closed, or something later is told about the same. */
export function tell(text: string, tone: Toast["tone"] = "news", about?: string): void {
  const id = ++count;
  add({ id, text, tone, about });
  toasts.value = toasts.value.slice(-6);
  if (tone === "news") setTimeout(() => drop(id), STAYS_MS);
}

/** Say why something did not go: the sentence of the api, or that the line is down. */
export function tellFault(fault: unknown, about?: string): void {
  tell(fault instanceof Problem && fault.message !== "" ? fault.message : say("toast.no_line"), "fault", about);
}

const held = new Map<number, () => void>();
/** Deeds that wait; a page that is left does them rather than lose them. */
addEventListener("pagehide", () => [...held.values()].forEach((go) => go()));

/**
 * Hold a deed back for ten seconds, in which it can be taken back; nobody hears of it before.
 * Returns whether it was done. What is on the screen may show it as if it were.
 */
export function undoable(text: string, deed: () => Promise<void>, about?: string): Promise<boolean> {
  const id = ++count;
  return new Promise((tellWhether) => {
    let settled = false;
    const settle = (doIt: boolean) => {
      if (settled) return;
      settled = true;
      clearTimeout(timer);
      held.delete(id);
      drop(id);
      if (!doIt) return tellWhether(false);
      void deed().then(() => tellWhether(true), (fault) => {
        tellFault(fault, about);
        tellWhether(false);
      });
    };
    const timer = setTimeout(() => settle(true), UNDO_S * 1000);
    held.set(id, () => settle(true));
    const until = Date.now() + UNDO_S * 1000;
    add({ id, text, tone: "news", about, until, undo: () => settle(false), now: () => settle(true) });
  });
}

function Left({ until }: { until: number }) {
  const [, look] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => look((n) => n + 1), 500);
    return () => clearInterval(timer);
  }, []);
  return <span class="left" aria-hidden="true">{Math.max(0, Math.ceil((until - Date.now()) / 1000))}</span>;
}

export function Toasts() {
  const shown = toasts.value;
  const last = [...shown].reverse().find((each) => each.undo);
  useKeys("keys.everywhere", [{ key: "u", word: "key.undo", run: () => last?.undo?.() }], last !== undefined);
  return (
    <div class="toasts">
      <div role="status" aria-live="polite">
        {shown.map((each) => (
          <p class={`toast ${each.tone}`} key={each.id}>
            <span>{each.text}</span>
            {each.until !== undefined && <Left until={each.until} />}
            {each.undo && <button type="button" onClick={each.undo} data-undo>{say("toast.undo")}</button>}
            {each.now && <button type="button" onClick={each.now} data-now>{say("toast.now")}</button>}
            {!each.undo && <button type="button" onClick={() => drop(each.id)}>{say("close")}</button>}
          </p>
        ))}
      </div>
    </div>
  );
}
