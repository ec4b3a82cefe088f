// Who could take it: every crew by its best place, with what that costs; the keyboard's way to assign.
import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { Problem, ask } from "../api";
import { clockIn } from "../facts/times";
import { facts } from "../facts/store";
import type { Schemas } from "../shapes";
import { Dialog } from "../shell/dialog";
import { named, say, word } from "../words";
import { assign, crewName, numberOf } from "./orders";
import { amount, planOf, promise, price, terms, type Price } from "./price";
import { owed } from "./proposal";

type Fit = Schemas["Fit"];
const BEST = 8;
const ranked = signal<readonly Fit[] | null>(null);
const fault = signal<string | null>(null);

async function rank(task: string): Promise<void> {
  ranked.value = null;
  fault.value = null;
  const planned = planOf(task);
  try {
    if (typeof planned === "string") throw new Problem(404, "no_plan", planned);
    const told = await ask<Schemas["FitShown"]>(`/v1/plans/${planned.hash}/fit?task=${encodeURIComponent(task)}&best=${BEST}`);
    ranked.value = told.crews;
  } catch (error) {
    // Without a plan to price by, a human may choose all the same.
    fault.value = error instanceof Problem ? error.message : say("toast.no_line");
    ranked.value = [...facts.crew.value.values()].filter((crew) => crew.active).map((crew) => ({ crew: crew.id }) as Fit);
  }
}

export function reasonTold(reason: Schemas["Reason"]): string {
  const params = Object.fromEntries(Object.entries(reason.params ?? {}).map(([name, value]) => [name, name === "locked_to" ? crewName(String(value)) : name === "missing" ? word("skill", String(value)) : name === "task" ? numberOf(String(value)) : value]));
  return word("plan.reason", reason.code, params as Record<string, string | number>);
}

function Line({ fit, task, district, close }: { fit: Fit; task: string; district: string; close: () => void }) {
  const cannot = fit.reason != null;
  const has = owed.value.get(task)?.task.crew === fit.crew;
  const give = () => {
    close();
    void assign(district, task, fit.crew);
  };
  return (
    <tr class={cannot ? "grey" : ""}>
      <th scope="row">
        {crewName(fit.crew)}
        {has ? <span class="tag">{say("plan.has_it")}</span> : fit.has_it_now && <span class="tag">{say("plan.its_choice")}</span>}
        {fit.home_grid && <small> {say("plan.home")}</small>}
      </th>
      <td>{fit.eta ? clockIn(fit.eta, district) : "–"}</td>
      <td class="number">{fit.difference != null ? amount(fit.difference) : "–"}</td>
      <td>
        {fit.reason && <span class="is-warn">{reasonTold(fit.reason)}</span>}
        {fit.late_s != null && fit.late_s > 0 && <span class="is-danger">{say("plan.own_late", { minutes: Math.max(1, Math.round(fit.late_s / 60)) })} </span>}
        {fit.terms && <small>{terms(fit.terms)}</small>}
        {(fit.promises ?? []).map((each) => <small class={each.broken ? "is-danger" : ""} key={each.task}> {promise(each)}</small>)}
      </td>
      <td>
        <button type="button" onClick={give} disabled={has} data-give={fit.crew}>
          {say(cannot ? "plan.give_anyway" : "plan.give")}
        </button>
      </td>
    </tr>
  );
}

/** Up and down go from crew to crew, Enter gives. */
function walk(event: KeyboardEvent): void {
  if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
  const buttons = [...(event.currentTarget as HTMLElement).querySelectorAll<HTMLButtonElement>("button[data-give]:not(:disabled)")];
  const at = buttons.indexOf(document.activeElement as HTMLButtonElement);
  buttons[Math.max(0, Math.min(buttons.length - 1, at + (event.key === "ArrowDown" ? 1 : -1)))]?.focus();
  event.preventDefault();
}

export function Choose({ task, onClose }: { task: string; onClose: () => void }) {
  useEffect(() => void rank(task), [task]);
  const district = owed.value.get(task)?.outage.district ?? "";
  const found = ranked.value;
  useEffect(() => {
    if (found !== null) document.querySelector<HTMLButtonElement>("dialog button[data-give]:not(:disabled)")?.focus();
  }, [found]);
  return (
    <Dialog title={say("plan.who", { number: numberOf(task) })} onClose={onClose} wide>
      {fault.value !== null && <p class="is-warn" role="status">{fault.value}</p>}
      {found === null ? <p role="status">{say("loading")}</p> : (
        <div onKeyDown={walk}>
          <table class="plain fits">
            <thead>
              <tr>
                <th scope="col">{say("crew.name")}</th>
                <th scope="col">{say("gantt.arrival")}</th>
                <th scope="col" class="number">{say("plan.extra")}</th>
                <th scope="col">{say("plan.effect")}</th>
                <th scope="col"><span class="unseen">{say("plan.give")}</span></th>
              </tr>
            </thead>
            <tbody>{found.map((fit) => <Line key={fit.crew} fit={fit} task={task} district={district} close={onClose} />)}</tbody>
          </table>
          <p class="quiet-text">{say("plan.price_note")}</p>
        </div>
      )}
    </Dialog>
  );
}

const asked = signal<Price | null>(null);

/** A drop that was faster than its price: the price first, then the choice once more. */
export function Confirm({ task, crew, onClose }: { task: string; crew: string; onClose: () => void }) {
  useEffect(() => {
    asked.value = null;
    void price({ task, crew }).then((found) => (asked.value = found));
  }, [task, crew]);
  const district = owed.value.get(task)?.outage.district ?? "";
  const held = facts.crew.value.get(crew);
  return (
    <Dialog title={say("plan.assigning", { number: numberOf(task), crew: held ? named(held.name) : crew })} onClose={onClose}>
      <div role="status" data-price>{asked.value === null ? <p>{say("plan.pricing")}</p> : <PriceTold price={asked.value} />}</div>
      <button type="button" class="chief" disabled={asked.value === null} onClick={() => { onClose(); void assign(district, task, crew); }}>{say("plan.give")}</button>
    </Dialog>
  );
}

export function PriceTold({ price: told }: { price: Price }) {
  return <ul class={`price ${told.breaks ? "breaks" : ""}`}>{told.lines.map((each, n) => <li key={n}>{each}</li>)}</ul>;
}
