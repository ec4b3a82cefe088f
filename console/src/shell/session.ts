// Who is here, as what, and the feed that goes with it.
import { effect, signal } from "@preact/signals";
import { Problem, actAs, ask } from "../api";
import { fault, feed, kindsOf } from "../facts/feed";
import { loaded, type FactKind } from "../facts/store";
import type { Me, Role } from "../shapes";
import { tokens } from "../sign_in";

const KEPT = "relight.role";
export const me = signal<Me | null>(null);
const wished = signal<readonly FactKind[]>([]);

/** A desk says which rows it needs beyond those that its role always hears of. */
export function wish(kinds: readonly FactKind[]): void {
  if (kinds.join() !== wished.value.join()) wished.value = kinds;
}

export function take(role: Role): void {
  sessionStorage.setItem(KEPT, role);
  // Everything is read anew, under the other grant.
  location.assign("/console");
}

async function enter(): Promise<void> {
  const kept = sessionStorage.getItem(KEPT);
  actAs(kept);
  for (let pause = 1; tokens.value !== null; pause = Math.min(30, pause * 2)) {
    try {
      me.value = await ask<Me>("/v1/me");
      fault.value = null;
      return;
    } catch (error) {
      if (error instanceof Problem && error.status === 401) tokens.value = null;
      else if (error instanceof Problem && error.status === 403 && kept !== null) {
        sessionStorage.removeItem(KEPT);
        return enter();
      } else fault.value = error instanceof Error ? error.message : String(error);
    }
    await new Promise((on) => setTimeout(on, pause * 1000));
  }
}

/** Enter, and keep the store fed for as long as somebody is signed in. */
export function attend(): void {
  let end: (() => void) | null = null;
  let fed = "";
  effect(() => {
    if (tokens.value !== null && me.peek() === null) void enter();
    if (tokens.value === null) {
      me.value = null;
      loaded.value = false;
    }
  });
  effect(() => {
    const person = me.value;
    const outside = person === null || person.role === "customer" || person.role === "crew";
    const kinds = outside ? [] : kindsOf(person.role, wished.value);
    if (kinds.join() === fed) return;
    fed = kinds.join();
    end?.();
    end = kinds.length === 0 ? null : feed(kinds);
  });
}
