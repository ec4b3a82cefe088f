// Keeping the store fed: which kinds a role may hear of, and following them without a gap.
import { signal } from "@preact/signals";
import { Problem } from "../api";
import { follow } from "../live";
import type { Role } from "../shapes";
import { tokens } from "../sign_in";
import { begin, take, type FactKind } from "./store";

const EVERYBODY: readonly FactKind[] = ["outage", "crew", "page", "closure"];
const MORE: { [role in Role]?: readonly FactKind[] } = {
  dispatcher: ["board"],
  supervisor: ["board", "callback"],
  auditor: ["board", "callback"],
  admin: ["board"],
  callback_agent: ["callback"],
};
export const fault = signal<string | null>(null);

export function kindsOf(role: Role, wished: readonly FactKind[] = []): FactKind[] {
  return [...new Set([...EVERYBODY, ...(MORE[role] ?? []), ...wished])].sort();
}

/** Keep the store fed with these kinds; return what ends that. */
export function feed(kinds: readonly FactKind[]): () => void {
  let left = false;
  const path = `/v1/live?${kinds.map((kind) => `kind=${kind}`).join("&")}`;
  const end = follow(path, {
    begin: () => patiently(() => begin(kinds), () => left),
    take,
    ended: () => (tokens.value = null),
  });
  return () => {
    left = true;
    end();
  };
}

async function patiently(read: () => Promise<void>, left: () => boolean): Promise<void> {
  for (let pause = 1; !left(); pause = Math.min(30, pause * 2)) {
    try {
      await read();
      fault.value = null;
      return;
    } catch (error) {
      if (error instanceof Problem && error.status === 401) throw error;
      fault.value = error instanceof Error ? error.message : String(error);
      await new Promise((on) => setTimeout(on, pause * 1000));
    }
  }
}
