// The four locks of a task: its crew, its time, both, or a range; priced before they are set.
import { signal } from "@preact/signals";
import { useEffect, useState } from "preact/hooks";
import { now } from "../facts/house";
import { facts } from "../facts/store";
import { clockIn } from "../facts/times";
import { Dialog } from "../shell/dialog";
import { named, say, word } from "../words";
import { PriceTold } from "./choose";
import { crewName, lock, numberOf } from "./orders";
import { pins, stops } from "./plans";
import { price, type Price } from "./price";
import { owed } from "./proposal";

const KINDS = ["crew", "time", "both", "range"] as const;
type Kind = (typeof KINDS)[number];
const STEP_MIN = 15;
const told = signal<Price | null>(null);

/** The next quarters of an hour, by the house clock, as choices: no time zone can be mistaken. */
function quarters(): number[] {
  const step = STEP_MIN * 60_000;
  const from = Math.ceil((now.peek() ?? Date.now()) / step) * step;
  return Array.from({ length: 64 }, (_, n) => from + n * step);
}

function Hour(props: { name: string; value: number; of: readonly number[]; district: string; set: (value: number) => void }) {
  return (
    <label class="choice">
      <span>{props.name}</span>
      <select value={props.value} onChange={(event) => props.set(Number(event.currentTarget.value))}>
        {props.of.map((each) => <option value={each} key={each}>{clockIn(each, props.district)}</option>)}
      </select>
    </label>
  );
}

export function Locks({ task, onClose }: { task: string; onClose: () => void }) {
  const held = owed.value.get(task);
  const district = held?.outage.district ?? "";
  const hours = quarters();
  const first = held?.task.crew ?? stops.value.get(task)?.crew ?? [...facts.crew.value.keys()][0] ?? "";
  const [kind, setKind] = useState<Kind>("crew");
  const [crew, setCrew] = useState(first);
  const [begins, setBegins] = useState(hours[1]!);
  const [ends, setEnds] = useState(hours[5]!);
  const pin = pins.value.get(task);
  const withCrew = kind === "crew" || kind === "both";
  const not_before = kind === "crew" ? null : new Date(begins).toISOString();
  const not_after = kind === "range" ? new Date(Math.max(begins, ends)).toISOString() : null;
  const priced = withCrew ? crew : first;
  useEffect(() => {
    told.value = null;
    let mine = true;
    void price({ task, crew: priced, not_before, not_after }).then((found) => mine && (told.value = found));
    return () => void (mine = false);
  }, [task, kind, crew, begins, ends]);
  const set = () => {
    onClose();
    void lock(district, { task, kind, crew: withCrew ? crew : null, not_before, not_after });
  };
  return (
    <Dialog title={say("plan.lock.of", { number: numberOf(task) })} onClose={onClose}>
      {pin && (
        <p class="choice">
          <span>{say("plan.lock.is", { kind: word("plan.lock", pin.kind) })} {pin.crew && crewName(pin.crew)} {pin.not_before && clockIn(pin.not_before, district)}{pin.not_after && ` – ${clockIn(pin.not_after, district)}`}</span>
          <button type="button" onClick={() => { onClose(); void lock(district, pin, true); }} data-lift>{say("plan.lock.lift")}</button>
        </p>
      )}
      <fieldset class="kinds">
        <legend>{say("plan.lock.which")}</legend>
        {KINDS.map((each) => (
          <label key={each}><input type="radio" name="kind" checked={kind === each} onChange={() => setKind(each)} /> {word("plan.lock", each)}</label>
        ))}
      </fieldset>
      <div class="stack">
        {withCrew && (
          <label class="choice">
            <span>{say("crew.name")}</span>
            <select value={crew} onChange={(event) => setCrew(event.currentTarget.value)}>
              {[...facts.crew.value.values()].filter((each) => each.active).map((each) => <option value={each.id} key={each.id}>{named(each.name)}</option>)}
            </select>
          </label>
        )}
        {kind !== "crew" && <Hour name={say(kind === "range" ? "plan.lock.from" : "plan.lock.at")} value={begins} of={hours} district={district} set={setBegins} />}
        {kind === "range" && <Hour name={say("plan.lock.to")} value={ends} of={hours} district={district} set={setEnds} />}
      </div>
      <div role="status" data-price>{told.value === null ? <p>{say("plan.pricing")}</p> : <PriceTold price={told.value} />}</div>
      <button type="button" class="chief" onClick={set} data-set-lock>{say("plan.lock.set")}</button>
    </Dialog>
  );
}
