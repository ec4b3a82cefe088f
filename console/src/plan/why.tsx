// Why a task goes where it goes: the chosen crew, the runners-up with the difference, and who cannot.
import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { Problem, ask } from "../api";
import { clockIn } from "../facts/times";
import type { Schemas } from "../shapes";
import { Dialog } from "../shell/dialog";
import { say, word } from "../words";
import { reasonTold } from "./choose";
import { crewName, numberOf } from "./orders";
import { amount, planOf, promise, terms } from "./price";
import { owed } from "./proposal";

const told = signal<Schemas["WhyShown"] | null>(null);
const fault = signal<string | null>(null);

async function read(task: string): Promise<void> {
  told.value = null;
  fault.value = null;
  const planned = planOf(task);
  try {
    if (typeof planned === "string") throw new Problem(404, "no_plan", planned);
    told.value = await ask<Schemas["WhyShown"]>(`/v1/plans/${planned.hash}/why?task=${encodeURIComponent(task)}&others=5`);
  } catch (error) {
    fault.value = error instanceof Problem ? error.message : say("toast.no_line");
  }
}

function Other({ one, district }: { one: Schemas["RunnerUp"]; district: string }) {
  return (
    <tr>
      <th scope="row">{crewName(one.crew)}</th>
      <td>{clockIn(one.eta, district)}</td>
      <td class="number">{amount(one.terms.total ?? 0)}</td>
      <td>
        <small>{terms(one.terms)}</small>
        {(one.promises ?? []).map((each) => <small class={each.broken ? "is-danger" : ""} key={each.task}> {promise(each)}</small>)}
      </td>
    </tr>
  );
}

function Told({ shown, district }: { shown: Schemas["WhyShown"]; district: string }) {
  const { why } = shown;
  const { chosen } = why;
  return (
    <>
      <p class="quiet-text">{say("plan.as_of", { time: clockIn(shown.as_of, district) })}</p>
      {chosen ? (
        <>
          <p><b>{say("plan.chosen", { crew: crewName(chosen.crew), time: clockIn(chosen.eta, district), stop: chosen.sequence })}</b>
            {chosen.late_s > 0 && <span class="is-danger"> {say("plan.own_late", { minutes: Math.max(1, Math.round(chosen.late_s / 60)) })}</span>}
          </p>
          {chosen.hold !== "planned" && <p>{word("why.hold", chosen.hold)}</p>}
          <p class="quiet-text">{say("plan.its_price", { total: Math.round((chosen.terms.total ?? 0) * 10) / 10, terms: terms(chosen.terms) })}</p>
        </>
      ) : (
        <>
          <p><b>{say("plan.nobody", { number: numberOf(why.task) })}</b> {why.reason && reasonTold(why.reason)}</p>
          {why.leaving != null && <p>{say("plan.leaving", { price: Math.round(why.leaving * 10) / 10 })}</p>}
        </>
      )}
      {why.overlooked && <p class="is-warn">{say("plan.overlooked", { crew: crewName(why.overlooked.crew), saved: Math.abs(Math.round((why.overlooked.terms.total ?? 0) * 10) / 10) })}</p>}
      {(why.runners_up?.length ?? 0) > 0 && (
        <table class="plain">
          <caption>{say(chosen ? "plan.instead" : "plan.could")}</caption>
          <thead><tr><th scope="col">{say("crew.name")}</th><th scope="col">{say("gantt.arrival")}</th><th scope="col" class="number">{say("plan.extra")}</th><th scope="col">{say("plan.effect")}</th></tr></thead>
          <tbody>{why.runners_up!.map((each) => <Other key={each.crew} one={each} district={district} />)}</tbody>
        </table>
      )}
      {(why.cannot?.length ?? 0) > 0 && (
        <section>
          <h3>{say("plan.cannot", { n: why.cannot!.length })}</h3>
          <ul class="plain">{why.cannot!.map((each) => <li key={each.crew}><b>{crewName(each.crew)}</b>: {reasonTold(each)}</li>)}</ul>
        </section>
      )}
      {!why.changes_known && <p class="quiet-text">{say("plan.changes_unknown")}</p>}
    </>
  );
}

export function Why({ task, onClose }: { task: string; onClose: () => void }) {
  useEffect(() => void read(task), [task]);
  const district = owed.value.get(task)?.outage.district ?? "";
  return (
    <Dialog title={say("plan.why_of", { number: numberOf(task) })} onClose={onClose} wide>
      <div data-why-told>
        {fault.value !== null && <p class="is-warn" role="status">{fault.value}</p>}
        {told.value === null && fault.value === null && <p role="status">{say("loading")}</p>}
        {told.value !== null && <Told shown={told.value} district={district} />}
      </div>
    </Dialog>
  );
}
