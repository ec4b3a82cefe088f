// The callback desk: one call at a time for the agent, and all that are owed for who looks after it.
import { useEffect } from "preact/hooks";
import { me } from "../shell/session";
import { useKeys } from "../shell/keys";
import { say } from "../words";
import { answer, back, call, current, end, ended, idle, next, resume } from "./call";
import { Card } from "./card";
import "./callbacks.css";
import { Owed } from "./owed";
import { NextButton, Record } from "./record";

function Keys() {
  const under = call.value !== null;
  useKeys("desk.callbacks", under ? [
    { key: "y", word: "callbacks.yes", run: () => answer(true) },
    { key: "n", word: "callbacks.no", run: () => answer(false) },
    { key: "Backspace", word: "callbacks.back", run: back },
    { key: "o", word: "callbacks.still_off", run: () => void end("still_off") },
    { key: "x", word: "callbacks.unanswered", run: () => void end("unanswered") },
    { key: "Enter", word: "callbacks.send", run: () => void end("answered"), when: () => current.value === null },
  ] : [{ key: "c", word: "callbacks.next", run: () => void next() }]);
  return null;
}

export default function Desk() {
  const agent = me.value?.role === "callback_agent";
  useEffect(() => {
    if (agent) resume();
  }, []);
  return (
    <>
      {agent && <Keys />}
      <div class={agent ? "beside calls" : "alone"}>
        {agent && (
          <section class="leaf" aria-label={say("callbacks.call")} tabIndex={0}>
            {call.value !== null ? <Card call={call.value} /> : ended.value !== null ? <Record ended={ended.value} /> : <Wait />}
          </section>
        )}
        <Owed beside={agent} />
      </div>
    </>
  );
}

function Wait() {
  return (
    <div class="wait">
      <h1>{say("desk.callbacks")}</h1>
      <p>{say(idle.value ? "callbacks.idle" : "callbacks.wait")}</p>
      <NextButton />
    </div>
  );
}
