// Two orders of one cause become one, and reports of another cause leave an order.
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { all, send } from "../api";
import { isDark } from "../facts/standing";
import { facts } from "../facts/store";
import { clockIn } from "../facts/times";
import type { Outage, Report } from "../shapes";
import { Dialog } from "../shell/dialog";
import { tell, tellFault } from "../shell/toasts";
import { statusWord } from "../dispatch/told";
import { addressOf, say } from "../words";

const NEAREST = 12;
const MOST = 100;

function metres(one: Outage, other: Outage): number {
  const [lon, lat] = one.at.coordinates;
  const [lon2, lat2] = other.at.coordinates;
  const east = (lon2 - lon) * 111320 * Math.cos((lat * Math.PI) / 180);
  return Math.round(Math.hypot(east, (lat2 - lat) * 110540));
}

export function Regroup(props: { outage: string; number: number; onClose: () => void }) {
  const into = useSignal("");
  const named = useSignal<ReadonlySet<string>>(new Set());
  const reports = useSignal<readonly Report[] | null>(null);
  const whole = useSignal(true);
  const busy = useSignal(false);
  const own = facts.outage.value.get(props.outage);
  useEffect(() => {
    all<Report>(`/v1/reports?outage=${props.outage}`, MOST).then(
      (found) => { reports.value = found.items; whole.value = found.whole; },
      tellFault,
    );
  }, [props.outage]);
  const others = own === undefined ? [] : [...facts.outage.value.values()]
    .filter((each) => each.id !== own.id && each.district === own.district && isDark(each) && each.closed_at === null)
    .map((each) => ({ each, far: metres(own, each) }))
    .sort((one, other) => one.far - other.far);
  const act = async (body: object, done: string) => {
    if (busy.value) return;
    busy.value = true;
    try {
      await send(`/v1/outages/${props.outage}/actions`, { id: crypto.randomUUID(), ...body });
      tell(done, "news", props.outage);
      props.onClose();
    } catch (reason) {
      tellFault(reason, props.outage);
    } finally {
      busy.value = false;
    }
  };
  const name = (id: string, on: boolean) => {
    const next = new Set(named.value);
    if (on) next.add(id);
    else next.delete(id);
    named.value = next;
  };
  const some = named.value.size > 0 && named.value.size < (reports.value?.length ?? 0);
  return (
    <Dialog title={say("regroup.title", { number: props.number })} onClose={props.onClose} wide>
      <section>
        <h3>{say("regroup.merge")}</h3>
        <p>{say("regroup.merge_means")}</p>
        <fieldset class="choices">
          <legend class="unseen">{say("regroup.merge")}</legend>
          {others.slice(0, NEAREST).map(({ each, far }) => (
            <label key={each.id}>
              <input type="radio" name="into" value={each.id} checked={into.value === each.id} onChange={() => (into.value = each.id)} />
              {say("regroup.other", { number: each.number, reports: each.reports, metres: far })} {statusWord(each.status)}
            </label>
          ))}
        </fieldset>
        {others.length === 0 && <p class="quiet-text">{say("regroup.no_other")}</p>}
        {others.length > NEAREST && <p class="quiet-text">{say("regroup.nearest", { shown: NEAREST, all: others.length })}</p>}
        <button
          type="button" class="chief" disabled={into.value === "" || busy.value} data-merge
          onClick={() => void act({ kind: "merge", into: into.value }, say("regroup.merging", { number: props.number }))}
        >{say("regroup.do_merge")}</button>
      </section>
      <section>
        <h3>{say("regroup.split")}</h3>
        <p>{say("regroup.split_means")}</p>
        <fieldset class="choices">
          <legend class="unseen">{say("regroup.split")}</legend>
          {(reports.value ?? []).map((each) => (
            <label key={each.id}>
              <input type="checkbox" checked={named.value.has(each.id)} onChange={(event) => name(each.id, event.currentTarget.checked)} />
              {each.number} · {clockIn(each.received_at, each.district)} · {addressOf(each) ?? each.transformer ?? ""}
            </label>
          ))}
        </fieldset>
        {!whole.value && <p class="quiet-text">{say("regroup.first", { shown: MOST })}</p>}
        <button
          type="button" class="chief" disabled={!some || busy.value} data-split
          onClick={() => void act({ kind: "split", reports: [...named.value] }, say("regroup.splitting", { number: props.number }))}
        >{say("regroup.do_split", { count: named.value.size })}</button>
      </section>
    </Dialog>
  );
}
