// What a call came to, and only now what the crew's own record says beside the customer's answers.
import { clockIn } from "../facts/times";
import { Photos } from "../photos/strip";
import type { OutageWhole } from "../shapes";
import { BASE } from "../shell/route";
import { say } from "../words";
import { QUESTIONS, busy, idle, next, type Ended, type Question } from "./call";

export function NextButton() {
  return <button type="button" class="chief" disabled={busy.value} onClick={() => void next()} data-next>{say("callbacks.next")} <kbd>c</kbd></button>;
}

/** What the crew's record says to a question; null where it says nothing. */
function claimed(record: OutageWhole, question: Question): boolean | null {
  const verdict = record.verdict;
  if (question === "contacted_on_arrival") return verdict?.arrived_at ? verdict.contacted_at !== null : null;
  if (question === "commitment_kept") return verdict?.on_time ?? null;
  return null;
}

function Said({ yes }: { yes: boolean | null | undefined }) {
  if (yes === null || yes === undefined) return <span class="quiet-text">{say("callbacks.says_nothing")}</span>;
  return <>{say(yes ? "callbacks.yes" : "callbacks.no")}</>;
}

function Beside({ ended, record }: { ended: Ended; record: OutageWhole }) {
  return (
    <table class="sheet-table compared">
      <caption>{say("callbacks.beside")}</caption>
      <thead><tr><th scope="col">{say("callbacks.question")}</th><th scope="col">{say("callbacks.customer")}</th><th scope="col">{say("callbacks.crew")}</th></tr></thead>
      <tbody>
        {QUESTIONS.map((each) => {
          const theirs = claimed(record, each);
          const differs = theirs !== null && ended.answers[each] !== undefined && theirs !== ended.answers[each];
          return (
            <tr key={each} data-compared={each}>
              <th scope="row">{ended.call.questions[each]}</th>
              <td><Said yes={ended.answers[each]} /></td>
              <td><Said yes={theirs} />{differs && <small class="is-danger">{say("callbacks.differs")}</small>}
                {each === "commitment_kept" && record.verdict?.arrived_at && <small>{say("callbacks.arrived", { time: clockIn(record.verdict.arrived_at, record.district) })}</small>}</td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

export function Record({ ended }: { ended: Ended }) {
  const { kept, result, call, record } = ended;
  return (
    <article class="call ended" data-ended={result}>
      <h1>{say(`callbacks.came_to.${result}`, { report: call.report_number, outage: call.outage_number })}</h1>
      <p role="status">
        {kept.outcome === null && kept.next_attempt_at !== null && say("callbacks.again_at", { time: clockIn(kept.next_attempt_at) })}
        {" "}{say("callbacks.remaining", { n: kept.remaining })}
        {idle.value && <> {say("callbacks.idle")}</>}
      </p>
      {result === "answered" && (record === null ? <p>{say("loading")}</p> : <Beside ended={ended} record={record} />)}
      {result === "answered" && record !== null && <Photos outage={call.outage_id} version={ended} owed={record.callbacks.without_outcome} district={record.district} always />}
      <p class="deeds">
        <NextButton />
        {result !== "unanswered" && <a href={`${BASE}/story/${encodeURIComponent(call.outage_id)}`}>{say("callbacks.story")}</a>}
      </p>
    </article>
  );
}
