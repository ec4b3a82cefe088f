// The call in hand: whom to call, why, what was tried, and the three questions one after another.
import { useEffect, useState } from "preact/hooks";
import { now } from "../facts/house";
import { clockIn, countdown, span } from "../facts/times";
import { addressOf, say } from "../words";
import { QUESTIONS, answers, back, busy, current, end, history, remark, type Call, type Question } from "./call";

/** The claim is a lease of the real clock, whatever the house clock says. */
function Claim({ until }: { until: string }) {
  const [, look] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => look((n) => n + 1), 1000);
    return () => clearInterval(timer);
  }, []);
  const left = Date.parse(until) - Date.now();
  if (left <= 0) return <b class="is-danger">{say("callbacks.claim_over")}</b>;
  return <span class={left < 2 * 60_000 ? "is-warn" : ""}>{say("callbacks.claim", { time: countdown(left) })}</span>;
}

function Window({ call }: { call: Call }) {
  const left = now.value === null ? 0 : Date.parse(call.due_by) - now.value;
  const by = clockIn(call.due_by);
  return <span class={left < 0 ? "is-danger" : ""}>{left < 0 ? say("callbacks.window_over", { time: by, span: span(left) }) : say("callbacks.window", { time: by, span: span(left) })}</span>;
}

function Tries() {
  const tries = history.value as { id: string; at: string; result: string; agent: string; note?: string | null }[];
  if (tries.length === 0) return <>{say("callbacks.first_try")}</>;
  return (
    <ol class="plain tries">
      {tries.map((each) => <li key={each.id}>{clockIn(each.at)} {say(`callbacks.result.${each.result as "answered"}`)} <small class="quiet-text">{each.agent}{each.note ? ` · ${each.note}` : ""}</small></li>)}
    </ol>
  );
}

function Ask({ name, text, call }: { name: Question; text: string; call: Call }) {
  const given = answers.value[name];
  const here = current.value === name;
  const give = (yes: boolean) => {
    answers.value = { ...answers.value, [name]: yes };
  };
  return (
    <fieldset class={here ? "asked here" : "asked"} key={`${call.id} ${name}`} data-question={name}>
      <legend>{text}</legend>
      {([true, false] as const).map((yes) => (
        <button type="button" aria-pressed={given === yes} onClick={() => give(yes)} key={String(yes)} data-answer={yes ? "yes" : "no"}>
          {say(yes ? "callbacks.yes" : "callbacks.no")} {here && <kbd>{yes ? "y" : "n"}</kbd>}
        </button>
      ))}
    </fieldset>
  );
}

export function Card({ call }: { call: Call }) {
  const waits = current.value;
  return (
    <article class="call" data-call={call.id}>
      <header>
        <h1>{call.reporter_name ?? say("callbacks.no_name")}</h1>
        {call.reporter_phone ? <a class="phone" href={`tel:${call.reporter_phone}`}>{call.reporter_phone}</a> : <b>{say("callbacks.no_phone")}</b>}
        <span class="lease"><Claim until={call.claimed_until} /></span>
      </header>
      <dl class="pairs">
        <dt>{say("callbacks.address")}</dt><dd>{addressOf(call) ?? "–"}</dd>
        <dt>{say("callbacks.report")}</dt>
        <dd>{say("callbacks.reported", { report: call.report_number, outage: call.outage_number, time: clockIn(call.received_at) })}{call.note && <small>{say("callbacks.noted", { note: call.note })}</small>}</dd>
        <dt>{say("callbacks.promise")}</dt><dd>{call.promised_arrival_at === null ? "–" : say("callbacks.promised", { time: clockIn(call.promised_arrival_at) })}</dd>
        <dt>{say("callbacks.due")}</dt><dd><Window call={call} /></dd>
        <dt>{say("callbacks.tries")}</dt><dd><Tries />{call.last_chance && <small class="is-warn">{say("callbacks.last_chance")}</small>}</dd>
        {call.silent_meter_since && <><dt>{say("callbacks.meter")}</dt><dd class="is-warn">{say("callbacks.silent", { time: clockIn(call.silent_meter_since) })}</dd></>}
      </dl>
      <p class="first-question">
        <span>{call.questions.still_off}</span>
        <button type="button" class="off" disabled={busy.value} onClick={() => void end("still_off")} data-still-off>{say("callbacks.still_off")} <kbd>o</kbd></button>
      </p>
      {QUESTIONS.map((each) => <Ask key={each} name={each} text={call.questions[each]} call={call} />)}
      <label class="remark">
        <span>{say("callbacks.remark")}</span>
        <textarea rows={2} maxLength={2000} value={remark.value} onInput={(event) => (remark.value = event.currentTarget.value)} />
      </label>
      <p class="deeds">
        <button type="button" class="chief" disabled={waits !== null || busy.value} onClick={() => void end("answered")} data-send>{say("callbacks.send")} <kbd>Enter</kbd></button>
        <button type="button" disabled={busy.value} onClick={() => void end("unanswered")} data-unanswered>{say("callbacks.unanswered")} <kbd>x</kbd></button>
        <button type="button" class="quiet" disabled={Object.keys(answers.value).length === 0} onClick={back}>{say("callbacks.back")} <kbd>⌫</kbd></button>
      </p>
      <p class="quiet-text">{say("callbacks.hidden")}</p>
    </article>
  );
}
