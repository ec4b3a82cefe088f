// Every callback that is owed, by when it is due; a supervisor may end one that cannot be reached.
import { computed, signal } from "@preact/signals";
import { send } from "../api";
import { now } from "../facts/house";
import { cut, facts } from "../facts/store";
import { clockIn } from "../facts/times";
import type { Callback, Schemas } from "../shapes";
import { BASE } from "../shell/route";
import { me } from "../shell/session";
import { tell, tellFault } from "../shell/toasts";
import { say } from "../words";

const MOST = 500;
const sorted = computed(() => [...facts.callback.value.values()].sort((a, b) => a.due_by.localeCompare(b.due_by) || a.id.localeCompare(b.id)));
const busy = signal<string | null>(null);

async function giveUp(each: Callback): Promise<void> {
  busy.value = each.id;
  try {
    await send<Schemas["AttemptKept"]>(`/v1/callbacks/${encodeURIComponent(each.id)}/unreached`, { id: `unreached-${each.id}` });
    tell(say("callbacks.given_up", { report: each.report_number }));
  } catch (fault) {
    tellFault(fault);
  } finally {
    busy.value = null;
  }
}

function When({ each }: { each: Callback }) {
  const late = now.value !== null && Date.parse(each.due_by) < now.value;
  return <><span class={late ? "is-danger" : ""}>{say("callbacks.by", { time: clockIn(each.due_by, each.district_id) })}</span><small>{say("callbacks.not_before", { time: clockIn(each.next_attempt_at, each.district_id) })}</small></>;
}

function Line({ each, beside }: { each: Callback; beside: boolean }) {
  const state = each.awaits === "meter" ? "meter" : each.claimed_by !== null ? "claimed" : "waits";
  return (
    <tr data-callback={each.id}>
      <td>{each.report_number}{!beside && each.outage_id && <small><a href={`${BASE}/story/${encodeURIComponent(each.outage_id)}`}>#{each.outage_number}</a></small>}</td>
      <td><When each={each} /></td>
      <td>{say("callbacks.tried", { n: each.attempts })}<small>{say(`callbacks.state.${state}`)}{!beside && state === "claimed" && ` ${each.claimed_by}`}</small></td>
      {!beside && (
        <td class="does">
          {me.value?.role === "supervisor" && each.attempts > 0 && <button type="button" disabled={busy.value !== null} onClick={() => void giveUp(each)} data-give-up>{say("callbacks.give_up")}</button>}
        </td>
      )}
    </tr>
  );
}

export function Owed({ beside }: { beside: boolean }) {
  const rows = sorted.value;
  const Head = beside ? "h2" : "h1";
  return (
    <aside class={beside ? "" : "leaf"} aria-label={say("callbacks.owed")} tabIndex={0}>
      <Head class="owed">{say("callbacks.owed")} <span class="counted" data-count>{say(cut.value.has("callback") ? "shown.more" : "shown", { n: Math.min(MOST, rows.length), m: rows.length })}</span></Head>
      {rows.length === 0 ? <p class="quiet-text">{say("callbacks.none")}</p> : (
        <table class="sheet-table">
          <thead><tr>
            <th scope="col">{say("callbacks.report")}</th><th scope="col">{say("callbacks.due")}</th><th scope="col">{say("callbacks.tries")}</th>
            {!beside && <th scope="col"><span class="unseen">{say("callbacks.give_up")}</span></th>}
          </tr></thead>
          <tbody>{rows.slice(0, MOST).map((each) => <Line key={each.id} each={each} beside={beside} />)}</tbody>
        </table>
      )}
    </aside>
  );
}
