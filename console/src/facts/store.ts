// What is known: one store by kind and id, fed by the lists and then by the feed. Nothing else keeps
// rows; whatever a desk shows is computed from here.
import { computed, signal, type Signal } from "@preact/signals";
import { all, ask } from "../api";
import type {
  Board, Callback, Closure, Crew, Kind, MapTold, Outage, Page, Report, Told,
} from "../shapes";

export interface Rows {
  outage: Outage;
  crew: Crew;
  page: Page;
  board: Board;
  closure: Closure;
  callback: Callback;
  report: Report;
}
export type FactKind = Kind & keyof Rows;
type Known<K extends FactKind> = Signal<ReadonlyMap<string, Rows[K]>>;

const MOST = 10_000;
const none = <K extends FactKind>(): Known<K> => signal(new Map<string, Rows[K]>());

export const facts: { readonly [K in FactKind]: Known<K> } = {
  outage: none<"outage">(),
  crew: none<"crew">(),
  page: none<"page">(),
  board: none<"board">(),
  closure: none<"closure">(),
  callback: none<"callback">(),
  report: none<"report">(),
};
/** What there is to be drawn, and the caller's districts with their zones. */
export const ground = signal<MapTold | null>(null);
/** Kinds of which there are more than are held here: said wherever they are counted. */
export const cut = signal<ReadonlySet<FactKind>>(new Set());
export const loaded = signal(false);
export const districts = computed(() => ground.value?.districts ?? []);

const LISTS: { [K in Exclude<FactKind, "board">]: string } = {
  outage: "/v1/outages?live=true",
  crew: "/v1/crews",
  page: "/v1/pages?open=true",
  closure: "/v1/closures",
  callback: "/v1/callbacks?state=open",
  report: "/v1/reports",
};
/** A row that is over is let go: an hour of a storm must not fill the memory. */
const OVER: { [K in FactKind]?: (row: Rows[K]) => boolean } = {
  outage: (row) => row.closed_at !== null,
  page: (row) => row.acknowledged_at !== null,
  callback: (row) => row.state !== "open",
  report: (row) => row.outcome !== null,
};

function keyOf(kind: FactKind, row: Rows[FactKind]): string {
  return kind === "board" ? (row as Board).district : (row as { id: string }).id;
}

async function listed(kind: FactKind): Promise<{ items: Rows[FactKind][]; whole: boolean }> {
  if (kind !== "board") return all<Rows[FactKind]>(LISTS[kind], MOST);
  const found = districts.value.map((each) => ask<Board>(`/v1/boards/${encodeURIComponent(each.id)}`));
  return { items: await Promise.all(found), whole: true };
}

/** Read the lists anew; what is told after this comes on top. */
export async function begin(kinds: readonly FactKind[]): Promise<void> {
  ground.value = await ask<MapTold>("/v1/map");
  const found = await Promise.all(kinds.map(listed));
  waiting.length = 0;
  kinds.forEach((kind, at) => {
    const rows = found[at]!.items.filter((row) => !OVER[kind]?.(row as never));
    put(kind, new Map(rows.map((row) => [keyOf(kind, row), row])));
  });
  cut.value = new Set(kinds.filter((_, at) => !found[at]!.whole));
  loaded.value = true;
}

function put(kind: FactKind, rows: ReadonlyMap<string, Rows[FactKind]>): void {
  (facts[kind] as Signal<ReadonlyMap<string, Rows[FactKind]>>).value = rows;
}

// Many rows may come at once; they are put into the store together.
const waiting: Told[] = [];
const TOGETHER_MS = 80;

export function take(told: Told): void {
  if (waiting.push(told) === 1) setTimeout(apply, TOGETHER_MS);
}

function apply(): void {
  const changed = new Map<FactKind, Map<string, Rows[FactKind]>>();
  const rowsOf = (kind: FactKind) => {
    if (!changed.has(kind)) changed.set(kind, new Map(facts[kind].value as ReadonlyMap<string, Rows[FactKind]>));
    return changed.get(kind)!;
  };
  for (const told of waiting.splice(0)) {
    if (told.event !== "row" && told.event !== "gone") continue;
    if (!(told.kind in facts)) continue;
    const kind = told.kind as FactKind;
    const rows = rowsOf(kind);
    if (told.event === "gone") rows.delete(told.id);
    else if (isOld(kind, told.row as Rows[FactKind], rows.get(told.id))) continue;
    else if (OVER[kind]?.(told.row as never)) rows.delete(told.id);
    else rows.set(told.id, told.row as Rows[FactKind]);
  }
  for (const [kind, rows] of changed) put(kind, rows);
}

function isOld(kind: FactKind, row: Rows[FactKind], held: Rows[FactKind] | undefined): boolean {
  return kind === "outage" && held !== undefined && (row as Outage).seq < (held as Outage).seq;
}

/** Put an answer of the api into the store at once, as if the feed had told it. */
export function know<K extends FactKind>(kind: K, row: Rows[K]): void {
  take({ event: "row", kind, id: keyOf(kind, row), seq: null, row } as unknown as Told);
}
