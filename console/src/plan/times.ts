// Which of its orders a crew would be told another time of; the board's own rule is routing/arrivals.py.
const NEWS_MS = 10 * 60_000;

export interface Arrival {
  task: string;
  planned: number;
  /** When the crew was told to be there; null when it was told no time. */
  told: number | null;
}

/** Return the tasks whose time is off, and as few others as put a crew's stops in the order of its plan. */
export function otherTimes(arrivals: readonly Arrival[]): Set<string> {
  const found = new Set<string>();
  const told = (each: Arrival) => (found.has(each.task) ? each.planned : (each.told ?? each.planned));
  const off = (each: Arrival) => Math.abs(each.planned - told(each));
  for (const each of arrivals) if (each.told === null || off(each) > NEWS_MS) found.add(each.task);
  for (;;) {
    const wrong = arrivals.findIndex((each, at) => {
      const before = arrivals[at - 1];
      return before !== undefined && told(before) >= told(each) && off(before) + off(each) > 0;
    });
    const [first, then] = [arrivals[wrong - 1], arrivals[wrong]];
    if (first === undefined || then === undefined) return found;
    found.add(off(first) >= off(then) ? first.task : then.task);
  }
}
