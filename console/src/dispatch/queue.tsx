// The queue: every outage that passes the filter, most urgent first; only what is in sight is drawn.
import { signal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { cut } from "../facts/store";
import type { Outage } from "../shapes";
import { crewName, pending } from "../plan/orders";
import { pins } from "../plan/plans";
import { useKeys } from "../shell/keys";
import { density } from "../shell/theme";
import { say } from "../words";
import {
  SORTS, crewsOf, filter, known, pointed, queue, search, select, selected, sort, type Sort,
} from "./chosen";
import { grab, taskOf } from "./dragging";
import { Cells } from "./row";

const HEIGHT = { comfortable: 56, dense: 44 } as const;
const SPARE = 6;
const view = signal({ top: 0, height: 600 });
const COLUMNS = ["outage", "state", "promise"] as const;

export function Crew({ outage }: { outage: Outage }) {
  const waits = outage.tasks.map((task) => pending.value.get(task.id)).find(Boolean);
  if (waits) return <em>{say("dispatch.pending", { crew: crewName(waits) })}</em>;
  const crews = crewsOf(outage);
  if (crews.length === 0) return <span class={outage.tasks.length > 0 ? "is-warn" : "quiet-text"}>{say("dispatch.nobody")}</span>;
  return <>{crewName(crews[0])}{crews.length > 1 && ` +${crews.length - 1}`}</>;
}

function Row({ outage, index, height }: { outage: Outage; index: number; height: number }) {
  const chosen = selected.value?.id === outage.id;
  const locked = outage.tasks.some((task) => pins.value.has(task.id));
  return (
    <div
      role="row"
      class={`row ${pointed.value?.id === outage.id ? "pointed" : ""}`}
      aria-rowindex={index + 2}
      aria-selected={chosen}
      tabIndex={-1}
      style={{ height: `${height}px`, top: `${index * height}px` }}
      data-outage={outage.id}
      onClick={() => select({ kind: "outage", id: outage.id })}
      onPointerEnter={() => (pointed.value = { kind: "outage", id: outage.id })}
      onPointerLeave={() => (pointed.value = null)}
      onPointerDown={(event) => event.button === 0 && event.pointerType !== "touch" && grab(taskOf(outage.id), event)}
    >
      <Cells outage={outage} crew={<Crew outage={outage} />} locked={locked} />
    </div>
  );
}

export function step(by: number): void {
  const rows = queue.value;
  const at = rows.findIndex((row) => row.id === selected.value?.id);
  const next = rows[at < 0 ? (by > 0 ? 0 : rows.length - 1) : Math.min(rows.length - 1, Math.max(0, at + by))];
  if (next) select({ kind: "outage", id: next.id });
}

function Head() {
  const counted = say(cut.value.has("outage") ? "shown.more" : "shown", { n: queue.value.length, m: known.value });
  return (
    <div class="queue-head">
      <input
        type="search"
        id="search"
        value={search.value}
        placeholder={say("dispatch.search")}
        aria-label={say("dispatch.search")}
        onInput={(event) => (search.value = event.currentTarget.value)}
      />
      <label>
        <span class="unseen">{say("dispatch.sort")}</span>
        <select value={sort.value} onChange={(event) => (sort.value = event.currentTarget.value as Sort)}>
          {SORTS.map((each) => <option value={each} key={each}>{say(`dispatch.sort.${each}`)}</option>)}
        </select>
      </label>
      <span class="counted" data-count>{counted}</span>
    </div>
  );
}

export function Queue() {
  const place = useRef<HTMLDivElement>(null);
  const height = HEIGHT[density.value];
  const rows = queue.value;
  const first = Math.max(0, Math.floor(view.value.top / height) - SPARE);
  const last = Math.min(rows.length, Math.ceil((view.value.top + view.value.height) / height) + SPARE);
  const look = () => {
    if (place.current === null) return;
    const { scrollTop, clientHeight } = place.current;
    const held = view.value;
    if (held.top !== scrollTop || held.height !== clientHeight) view.value = { top: scrollTop, height: clientHeight };
  };
  useEffect(() => {
    look();
    const watch = new ResizeObserver(look);
    watch.observe(place.current!);
    return () => watch.disconnect();
  }, []);
  const at = rows.findIndex((row) => row.id === selected.value?.id);
  useEffect(() => {
    if (at < 0 || place.current === null) return;
    const { scrollTop, clientHeight } = place.current;
    if (at * height < scrollTop) place.current.scrollTop = at * height;
    else if ((at + 1) * height > scrollTop + clientHeight) place.current.scrollTop = (at + 1) * height - clientHeight;
  }, [selected.value?.id, height]);
  useKeys("keys.queue", [
    { key: "ArrowDown", word: "key.next", run: () => step(1) },
    { key: "ArrowUp", word: "key.before", run: () => step(-1) },
    { key: "Home", word: "key.first", run: () => step(-rows.length) },
    { key: "End", word: "key.last", run: () => step(rows.length) },
    { key: "/", word: "key.search", run: () => document.getElementById("search")?.focus() },
    { key: "Escape", word: "key.none", run: leave },
  ]);
  return (
    <section class="queue" aria-label={say("dispatch.queue")}>
      <Head />
      <div
        class="rows"
        role="grid"
        aria-label={say("dispatch.queue")}
        aria-rowcount={rows.length + 1}
        tabIndex={0}
        ref={place}
        onScroll={look}
      >
        <div role="row" class="unseen" aria-rowindex={1}>
          {COLUMNS.map((each) => <span role="columnheader" key={each}>{say(`dispatch.column.${each}`)}</span>)}
        </div>
        <div role="rowgroup" class="all" style={{ height: `${rows.length * height}px` }}>
          {rows.slice(first, last).map((row, n) => <Row key={row.id} outage={row} index={first + n} height={height} />)}
        </div>
        {rows.length === 0 && <div role="row"><span role="gridcell" class="none">{say(search.value || filter.value !== "open" ? "dispatch.none_pass" : "dispatch.none")}</span></div>}
      </div>
    </section>
  );
}

function leave(): void {
  const writing = document.activeElement as HTMLElement | null;
  if (writing?.id === "search") {
    search.value = "";
    writing.blur();
  } else select(null);
}
