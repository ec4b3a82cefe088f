// The call taker's desk: from the first word of a call to the number and time that are read back.
import type { Signal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { clockIn } from "../facts/times";
import { useKeys } from "../shell/keys";
import { language, say, sayIn, word, type Key } from "../words";
import {
  BREAKERS, HAZARDS, SCOPES, attend, breaker, busy, clear, fault, hazards, life, matches, name, note, phone,
  placed, scope, sendIt, taken, type Hazard,
} from "./call";
import "./incoming.css";
import { PlaceMap, mapOpen, showMap } from "./place_map";
import { Search } from "./search";
import { Standing } from "./standing";

const SAFETY: Record<Hazard, Key> = {
  fire: "safety.fire",
  wire_down: "safety.wire_down",
  electric_shock: "safety.electric_shock",
  trapped_person: "safety.trapped_person",
  flooded_equipment: "safety.flooded_equipment",
  pole_down: "safety.pole_down",
};

/** What the caller is told, in the desk's language first and in the other one below. */
function Tell({ keys, values = {} }: { keys: readonly Key[]; values?: Record<string, string | number> }) {
  const both = language.value === "zh" ? (["zh", "en"] as const) : (["en", "zh"] as const);
  return (
    <>
      {both.map((lang) => (
        <p key={lang} lang={lang === "zh" ? "zh-CN" : "en"} class={lang === language.value ? "" : "quiet-text"}>
          {keys.map((key) => sayIn(lang, key, values)).join(lang === "zh" ? "" : " ")}
        </p>
      ))}
    </>
  );
}

function Danger() {
  const mark = (hazard: Hazard, on: boolean) => {
    const next = new Set(hazards.value);
    if (on) next.add(hazard);
    else next.delete(hazard);
    hazards.value = next;
  };
  const said = HAZARDS.filter((each) => hazards.value.has(each));
  return (
    <fieldset class={said.length > 0 ? "danger on" : "danger"}>
      <legend>{say("incoming.danger")}</legend>
      <div class="choices">
        {HAZARDS.map((each) => (
          <label key={each}>
            <input type="checkbox" checked={hazards.value.has(each)} onChange={(event) => mark(each, event.currentTarget.checked)} data-hazard={each} />
            {word("hazard", each)}
          </label>
        ))}
      </div>
      {said.length > 0 && <div class="tell" role="status" data-safety><Tell keys={said.map((each) => SAFETY[each])} /></div>}
    </fieldset>
  );
}

function Choice<T extends string>(props: { legend: Key; named: (one: T) => string; all: readonly T[]; chosen: Signal<T> }) {
  return (
    <fieldset>
      <legend>{say(props.legend)}</legend>
      <div class="choices">
        {props.all.map((each) => (
          <label key={each}>
            <input type="radio" name={props.legend} checked={props.chosen.value === each} onChange={() => (props.chosen.value = each)} />
            {props.named(each)}
          </label>
        ))}
      </div>
    </fieldset>
  );
}

function Typed(props: { label: Key; of: Signal<string>; long?: boolean; tel?: boolean; most: number }) {
  const common = {
    value: props.of.value,
    maxLength: props.most,
    onInput: (event: Event) => (props.of.value = (event.currentTarget as HTMLInputElement).value),
  };
  const field = props.long ? <textarea rows={2} {...common} />
    : props.tel ? <input type="tel" autocomplete="off" {...common} />
    : <input type="text" autocomplete="off" {...common} />;
  return <label class="typed">{say(props.label)}{field}</label>;
}

function Form() {
  const ready = placed.value && !busy.value;
  return (
    <form onSubmit={(event) => { event.preventDefault(); void sendIt(); }} aria-label={say("incoming.form")}>
      <Danger />
      <fieldset><legend>{say("incoming.where")}</legend><Search /></fieldset>
      <p class="quiet-text">{say("incoming.arrears")}</p>
      <Choice legend="incoming.how_far" named={(one) => word("scope", one)} all={SCOPES} chosen={scope} />
      {scope.value === "home" && <Choice legend="incoming.breaker" named={(one) => word("breaker", one)} all={BREAKERS} chosen={breaker} />}
      {scope.value === "home" && breaker.value === "tripped" && <p class="tell" role="status">{say("incoming.try_breaker")}</p>}
      <label class="life"><input type="checkbox" checked={life.value} onChange={(event) => (life.value = event.currentTarget.checked)} />{say("incoming.life")}</label>
      <div class="pair">
        <Typed label="incoming.name" of={name} most={120} />
        <Typed label="incoming.phone" of={phone} tel most={32} />
      </div>
      <Typed label="incoming.note" of={note} long most={2000} />
      {fault.value !== null && <p class="is-danger" role="alert" data-fault>{fault.value}</p>}
      <p class="sending">
        <button type="submit" class="chief" disabled={!ready} data-send>{say(busy.value ? "incoming.sending" : "incoming.send")}</button>
        <button type="button" onClick={clear}>{say("incoming.anew")}</button>
        <span class="quiet-text">{!placed.value && say("incoming.place_first")}</span>
      </p>
    </form>
  );
}

function ReadBack() {
  const place = useRef<HTMLHeadingElement>(null);
  useEffect(() => place.current?.focus(), []);
  const told = taken.value!;
  const by = clockIn(told.promised_arrival_at, told.district);
  const announced = told.planned;
  const values = { number: told.report.number, at: announced === null ? by : clockIn(announced.until, told.district) };
  const safety = HAZARDS.filter((each) => hazards.value.has(each)).map((each) => SAFETY[each]);
  return (
    <section class="back" data-taken={told.report.number}>
      <h2 tabIndex={-1} ref={place}>{say("incoming.taken", { number: told.report.number })}</h2>
      <p class="big">{say(announced === null ? "incoming.promise" : "incoming.promise_planned", { at: values.at })}</p>
      <p>{say(told.outage.opened ? "incoming.opened" : "incoming.joined", { number: told.outage.number })}</p>
      <h3>{say("incoming.say")}</h3>
      <div class="tell"><Tell keys={[announced === null ? "caller.promise" : "caller.planned", ...safety, "caller.call_back"]} values={values} /></div>
      <p><button type="button" class="chief" onClick={clear} data-next>{say("incoming.next")}</button> <a href={`/console/story/${told.outage.id}`}>{say("incoming.story")}</a></p>
    </section>
  );
}

export default function Desk() {
  useEffect(attend, []);
  useKeys("desk.incoming", [
    { key: "n", word: "incoming.next", run: () => clear() },
    { key: "m", word: "incoming.map_key", run: () => showMap(!mapOpen.value) },
  ]);
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) void sendIt();
    };
    document.addEventListener("keydown", press);
    return () => document.removeEventListener("keydown", press);
  }, []);
  return (
    <div class={mapOpen.value ? "incoming-room with-map" : "incoming-room"}>
      <div class="call">
        <h1 class="unseen">{say("desk.incoming")}</h1>
        {taken.value === null ? <Form /> : <ReadBack />}
      </div>
      <PlaceMap />
      <aside aria-label={say("incoming.standing")} data-standing={matches.value === null ? "no" : "yes"}><Standing /></aside>
    </div>
  );
}
