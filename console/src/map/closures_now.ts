// Which closures hold now, and which are over.
import type { Closure } from "../shapes";

/** Whether a closure holds already; those that are over are not shown. */
export function holds(closure: Closure, at: string | null): boolean {
  return at === null || Date.parse(closure.since) <= Date.parse(at);
}

/** Return those that hold or will, the earliest first. */
export function notOver(closures: Iterable<Closure>, at: string | null): Closure[] {
  return [...closures]
    .filter((each) => each.until === null || at === null || Date.parse(each.until) > Date.parse(at))
    .sort((a, b) => a.since.localeCompare(b.since) || a.id.localeCompare(b.id));
}
