// How the bars of one crew lie below each other where they would cover each other.

export interface Span {
  /** Milliseconds of the house clock. */
  departs: number;
  begins: number;
  ends: number;
}
export interface Row {
  row: number;
  rows: number;
}

/** Lay bars that would cover each other in rows of their own, the earliest in the first. */
export function apart<Bar extends Span>(bars: readonly Bar[]): (Bar & Row)[] {
  const free: number[] = [];
  const laid = [...bars].sort((a, b) => a.departs - b.departs || a.begins - b.begins).map((bar) => {
    const open = free.findIndex((at) => at <= bar.departs);
    const row = open >= 0 ? open : free.length;
    free[row] = Math.max(bar.ends, bar.departs + 1);
    return { ...bar, row };
  });
  return laid.map((bar) => ({ ...bar, rows: Math.max(1, free.length) }));
}
