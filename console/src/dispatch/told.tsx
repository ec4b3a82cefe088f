// Small parts that the queue, the drawer and the lists share: marks, places, why, countdowns.
import { createContext } from "preact";
import { useContext } from "preact/hooks";
import { now } from "../facts/house";
import { isDark, leftOf, phaseOf, priorityOf } from "../facts/standing";
import { clockIn, countdown } from "../facts/times";
import { markOf } from "../map/marks";
import type { Listed } from "../shapes";
import { theme } from "../shell/theme";
import { named, say, word } from "../words";

/** The moment by which ages and countdowns are told, where that is not now. */
export const Then = createContext<number | null>(null);

function useMoment(): number | null {
  const then = useContext(Then);
  return then ?? now.value;
}

export function Mark({ name, size = 22 }: { name: string; size?: number }) {
  return <img class="mark" src={markOf(name, theme.value)} alt="" width={size} height={size} />;
}

export function OutageMark({ outage, size }: { outage: Listed; size?: number }) {
  return <Mark name={`outage-${priorityOf(outage)}-${phaseOf(outage)}`} size={size} />;
}

export function placeOf(outage: Listed): string {
  const { street, settlement, transformer } = outage.place;
  const parts = [street && named(street), settlement && named(settlement)].filter(Boolean);
  if (parts.length > 0) return parts.join(say("comma"));
  return transformer ?? outage.feeder ?? say("dispatch.no_place");
}

/** Return why an outage stands where it stands in the queue. */
export function whyOf(outage: Listed): string {
  const told = outage.hazards.map((each) => word("hazard", each));
  if (outage.life_support) told.push(say("priority.life"));
  if (outage.key_class !== null) told.push(say("dispatch.key_class", { class: word("key_class", outage.key_class) }));
  return told.join(say("comma"));
}

export function Left({ outage }: { outage: Listed }) {
  const at = useMoment();
  if (outage.arrived_at !== null) return <span class="quiet-text">{say("dispatch.on_site")}</span>;
  const left = at === null ? null : leftOf(outage, at);
  if (left === null) return <span class="quiet-text">{isDark(outage) ? "–" : say("dispatch.back")}</span>;
  const tone = left < 0 ? "is-danger" : left < 15 * 60_000 ? "is-warn" : "";
  return (
    <span class={`count-down ${tone}`} title={say("dispatch.due_at", { time: clockIn(outage.arrival_deadline!, outage.district) })}>
      {left < 0 ? say("dispatch.late_by", { time: countdown(-left) }) : say("dispatch.left", { time: countdown(left) })}
    </span>
  );
}

export function Next({ outage }: { outage: Listed }) {
  const rung = outage.next_rung;
  const at = useMoment();
  if (rung === null || at === null) return <span class="quiet-text">–</span>;
  const left = Date.parse(rung.at) - at;
  return (
    <span title={`${word("ladder", rung.ladder)} · ${word("told", rung.to)}`}>
      <span aria-hidden="true">▲ </span>
      {left < 0 ? say("dispatch.now") : countdown(left)}<span class="whom"> {word("told", rung.to)}</span>
    </span>
  );
}

export function Age({ since }: { since: string }) {
  const at = useMoment();
  const minutes = at === null ? 0 : Math.max(0, Math.floor((at - Date.parse(since)) / 60_000));
  return <>{minutes < 120 ? say("dispatch.age", { m: minutes }) : say("dispatch.age_hours", { h: Math.floor(minutes / 60) })}</>;
}

export function customers(n: number): string {
  return n === 1 ? say("dispatch.customer") : say("dispatch.customers", { n });
}

/** Name where an order stands: by its work, its stage, or that its reports go elsewhere. */
export function statusWord(status: string): string {
  for (const group of ["task_state", "stage"]) if (word(group, status) !== status) return word(group, status);
  return word("order", status);
}

export function stateOf(outage: Listed): string {
  return statusWord(outage.status);
}
