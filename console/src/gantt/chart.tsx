// The timeline by crew: travel and work of each stop, its promise as a bracket, now, and what is frozen.
import { signal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { clockIn, zoneOf } from "../facts/times";
import { crewingOf } from "../facts/standing";
import { pointed, select, selected } from "../dispatch/chosen";
import { dragged, grab } from "../dispatch/dragging";
import { Mark, placeOf } from "../dispatch/told";
import { Icon } from "../shell/icon";
import { density } from "../shell/theme";
import { named, say } from "../words";
import { HOURS, frame, hours, lanes, moved, type Bar, type Lane } from "./bars";

const HEIGHT = { comfortable: 34, dense: 26 } as const;
const SPARE = 4;
const view = signal({ top: 0, height: 300 });

function share(at: number): number {
  const { from, to } = frame.value;
  return ((at - from) / (to - from)) * 100;
}

function within(from: number, to: number): { left: string; width: string } | null {
  const [a, b] = [Math.max(0, share(from)), Math.min(100, share(to))];
  return b <= 0 || a >= 100 || b <= a ? null : { left: `${a}%`, width: `${b - a}%` };
}

export function barTold(bar: Bar): string {
  const where = bar.outage ? placeOf(bar.outage) : "";
  const zone = bar.outage?.district;
  const parts = [`${bar.number} ${where}`];
  if (bar.beside) parts.push(say("gantt.beside"));
  else {
    parts.push(say("gantt.arrives", { time: clockIn(bar.arrives, zone) }));
    parts.push(say("gantt.works", { from: clockIn(bar.begins, zone), to: clockIn(bar.ends, zone) }));
  }
  if (bar.due !== null) parts.push(say("gantt.due", { time: clockIn(bar.due, zone) }));
  if (bar.late) parts.push(say("gantt.late", { minutes: Math.max(1, Math.round((bar.arrives - bar.due!) / 60_000)) }));
  else if (bar.close) parts.push(say("gantt.close"));
  if (bar.danger) parts.push(say("priority.danger"));
  if (bar.pinned) parts.push(say("plan.locked"));
  if (bar.frozen) parts.push(say("gantt.frozen"));
  if (bar.proposed) parts.push(say("gantt.proposed"));
  return parts.join(say("comma"));
}

export function restTold(lane: Lane): string {
  const { from, to } = lane.rests!;
  const zone = lane.crew.district;
  return say("gantt.rests", { from: clockIn(from, zone), to: clockIn(to, zone) });
}

function Piece({ bar }: { bar: Bar }) {
  const travel = within(bar.departs, bar.arrives);
  const work = within(bar.begins, bar.ends);
  const due = bar.due === null ? null : share(bar.due);
  const chosen = bar.outage !== undefined && selected.value?.id === bar.outage.id;
  const row = { "--row": bar.row, "--rows": bar.rows };
  const tone = [bar.late && "late", bar.close && "close", bar.proposed && "proposed", bar.beside && "beside", bar.frozen && "frozen", chosen && "chosen", bar.outage && pointed.value?.id === bar.outage.id && "pointed"].filter(Boolean).join(" ");
  return (
    <>
      {travel && <i class={`travel ${bar.proposed ? "proposed" : ""}`} style={{ ...travel, ...row }} />}
      {work && (
        <button
          type="button"
          class={`bar ${tone}`}
          style={{ ...work, ...row }}
          tabIndex={chosen ? 0 : -1}
          aria-label={barTold(bar)}
          title={barTold(bar)}
          data-task={bar.task}
          onClick={() => bar.outage && select({ kind: "outage", id: bar.outage.id })}
          onPointerEnter={() => bar.outage && (pointed.value = { kind: "outage", id: bar.outage.id })}
          onPointerLeave={() => (pointed.value = null)}
          onPointerDown={(event) => event.button === 0 && !bar.frozen && grab(bar.task, event)}
        >
          {bar.danger && <Icon name="bolt" />}
          {bar.late && <Icon name="warn" />}
          {bar.pinned && <Icon name="lock" />}
          <span>{bar.number}</span>
        </button>
      )}
      {due !== null && due > 0 && due < 100 && <i class={`due ${bar.late ? "late" : ""}`} style={{ left: `${due}%` }} />}
    </>
  );
}

function LaneRow({ lane, index, height }: { lane: Lane; index: number; height: number }) {
  const { crew, frozenUntil } = lane;
  const over = dragged.value?.crew === crew.id;
  const chosen = selected.value?.kind === "crew" && selected.value.id === crew.id;
  const frozen = frozenUntil === null ? null : share(frozenUntil);
  const rests = lane.rests && within(lane.rests.from, lane.rests.to);
  return (
    <div
      class={`lane ${over ? "over" : ""} ${chosen ? "chosen" : ""}`}
      style={{ top: `${index * height}px`, height: `${height}px` }}
      data-drop-crew={crew.id}
    >
      <button type="button" class="crew-name" onClick={() => select({ kind: "crew", id: crew.id })} tabIndex={-1}>
        <Mark name={`crew-${crewingOf(crew)}`} size={18} />
        <span>{named(crew.name)}</span>
      </button>
      <div class="track">
        {rests && <i class="rests" style={rests} title={restTold(lane)} />}
        {lane.bars.map((bar) => <Piece bar={bar} key={bar.task} />)}
        {frozen !== null && frozen > 0 && frozen < 100 && <i class="freeze" style={{ left: `${frozen}%` }} title={say("gantt.freeze")} />}
      </div>
    </div>
  );
}

function Axis() {
  const { from, to, now } = frame.value;
  const apart = hours.value <= 3 ? 30 : hours.value <= 6 ? 60 : hours.value <= 12 ? 120 : 240;
  const step = apart * 60_000;
  const ticks: number[] = [];
  for (let at = Math.ceil(from / step) * step; at < to; at += step) ticks.push(at);
  return (
    <div class="axis">
      <span class="crew-name quiet-text">{zoneOf()}</span>
      <div class="track">
        {ticks.map((at) => <span class="tick" style={{ left: `${share(at)}%` }} key={at}>{clockIn(at)}</span>)}
        <span class="tick now" style={{ left: `${share(now)}%` }}>{say("gantt.now")}</span>
      </div>
    </div>
  );
}

export function Tools() {
  const move = (by: number) => (moved.value += by * hours.value * 3_600_000);
  return (
    <span class="gantt-tools">
      <button type="button" class="quiet" aria-label={say("gantt.earlier")} onClick={() => move(-0.25)}>‹</button>
      <button type="button" class="quiet" onClick={() => (moved.value = 0)}>{say("gantt.now")}</button>
      <button type="button" class="quiet" aria-label={say("gantt.later")} onClick={() => move(0.25)}>›</button>
      <select aria-label={say("gantt.hours")} value={hours.value} onChange={(event) => (hours.value = Number(event.currentTarget.value) as typeof hours.value)}>
        {HOURS.map((each) => <option value={each} key={each}>{say("gantt.span", { h: each })}</option>)}
      </select>
    </span>
  );
}

export function Chart() {
  const place = useRef<HTMLDivElement>(null);
  const height = HEIGHT[density.value];
  const all = lanes.value;
  const first = Math.max(0, Math.floor(view.value.top / height) - SPARE);
  const last = Math.min(all.length, Math.ceil((view.value.top + view.value.height) / height) + SPARE);
  const look = () => {
    if (place.current === null) return;
    const { scrollTop, clientHeight } = place.current;
    if (view.value.top !== scrollTop || view.value.height !== clientHeight)
      view.value = { top: scrollTop, height: clientHeight };
  };
  useEffect(() => {
    look();
    const watch = new ResizeObserver(look);
    watch.observe(place.current!);
    return () => watch.disconnect();
  }, []);
  const at = all.findIndex((lane) => {
    const chosen = selected.value;
    if (chosen?.kind === "crew") return lane.crew.id === chosen.id;
    return chosen !== null && lane.bars.some((bar) => bar.outage?.id === chosen.id);
  });
  useEffect(() => {
    if (at < 0 || place.current === null) return;
    const { scrollTop, clientHeight } = place.current;
    if (at * height < scrollTop || (at + 1) * height > scrollTop + clientHeight - 24) place.current.scrollTop = Math.max(0, at * height - clientHeight / 2);
  }, [selected.value?.id]);
  const now = share(frame.value.now);
  return (
    <div class="gantt" role="group" aria-label={say("gantt.label")}>
      <Axis />
      <div class="lanes" ref={place} onScroll={look}>
        <div class="all" style={{ height: `${all.length * height}px` }}>
          {all.slice(first, last).map((lane, n) => <LaneRow key={lane.crew.id} lane={lane} index={first + n} height={height} />)}
          {now > 0 && now < 100 && <div class="now-line"><i style={{ left: `${now}%` }} /></div>}
        </div>
      </div>
    </div>
  );
}
