// The keys of whatever is on the screen: one registry, one listener, one list under `?`.
import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { Key } from "../words";

export interface Command {
  /** As in KeyboardEvent.key, or two after each other: "g d". */
  key: string;
  word: Key;
  run: (event: KeyboardEvent) => void;
  /** Asked when the key is pressed: what is on the screen may be a moment behind. */
  when?: () => boolean;
}
export interface Group {
  word: Key;
  commands: readonly Command[];
}

const KEPT = "relight.keys";
const TOGETHER_MS = 1500;
export const groups = signal<readonly Group[]>([]);
/** Single letters can be switched off, for those who dictate or whose keys repeat. */
export const single = signal(localStorage.getItem(KEPT) !== "off");

export function allowSingle(on: boolean): void {
  localStorage.setItem(KEPT, on ? "on" : "off");
  single.value = on;
}

/** Make commands known while a part is on the screen; what came last goes first. */
export function useKeys(word: Key, commands: readonly Command[], on = true): void {
  useEffect(() => {
    if (!on) return undefined;
    const mine = { word, commands };
    groups.value = [...groups.value, mine];
    return () => {
      groups.value = groups.value.filter((each) => each !== mine);
    };
  });
}

function isWriting(target: EventTarget | null): boolean {
  const found = target as HTMLElement | null;
  return found !== null && (found.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(found.tagName));
}

let first = "";
let since = 0;

function heard(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
  const plain = event.key.length === 1;
  if (plain && !single.value) return;
  if (isWriting(event.target) && event.key !== "Escape") return;
  // An open dialog has its own keys; the page below it rests.
  const dialog = document.querySelector("dialog[open]");
  const both = performance.now() - since < TOGETHER_MS && first !== "" ? `${first} ${event.key}` : "";
  const known = [...groups.value].reverse().flatMap((group) => group.commands).filter((each) => each.when?.() ?? true);
  const found = known.find((each) => each.key === both) ?? known.find((each) => each.key === event.key);
  const begins = known.some((each) => each.key.startsWith(`${event.key} `));
  [first, since] = found === undefined && begins ? [event.key, performance.now()] : ["", 0];
  if (found === undefined || (dialog !== null && event.key !== "?")) return;
  event.preventDefault();
  found.run(event);
}

addEventListener("keydown", heard);
