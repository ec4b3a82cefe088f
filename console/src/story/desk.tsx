// One outage told to somebody who was not there: what was known when, and what was decided against what.
import { signal, useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { Problem, ask } from "../api";
import { placeOf, stateOf, whyOf } from "../dispatch/told";
import { facts } from "../facts/store";
import { clockIn, span } from "../facts/times";
import { usePhotos, type Photo } from "../photos/photos";
import { Strip } from "../photos/strip";
import type { OutageWhole, Schemas } from "../shapes";
import { useKeys } from "../shell/keys";
import { path } from "../shell/route";
import { me } from "../shell/session";
import { named, say, word } from "../words";
import { keepMoment } from "./moment";
import { Plans } from "./plans";
import "./story.css";
import { Then } from "./then";
import * as story from "./told";

const whys = signal<ReadonlyMap<string, readonly string[]>>(new Map());
const LATE_NEWS_MS = 60_000;

async function ponder(line: story.Line): Promise<void> {
  const asked = story.decisionOf(line)!;
  const key = `${asked.plan} ${asked.task}`;
  if (whys.value.has(key)) return;
  let said: readonly string[];
  try {
    said = (await ask<Schemas["WhyShown"]>(`/v1/plans/${asked.plan}/why?task=${encodeURIComponent(asked.task)}&others=5`)).said;
  } catch (error) {
    said = [error instanceof Problem && error.message ? error.message : say("toast.no_line")];
  }
  whys.value = new Map(whys.value).set(key, said);
}

function Decision({ line }: { line: story.Line }) {
  const asked = story.decisionOf(line);
  const role = me.value?.role;
  if (asked === null || role === "call_taker" || role === "callback_agent") return null;
  const said = whys.value.get(`${asked.plan} ${asked.task}`);
  return (
    <>
      <details class="decision" onToggle={(event) => event.currentTarget.open && void ponder(line)} data-decision>
        <summary>{say("story.against")}</summary>
        {said === undefined ? <p>{say("loading")}</p> : <ul>{said.map((each, n) => <li key={n}>{each}</li>)}</ul>}
      </details>
      <Turns line={line} />
    </>
  );
}

/** How the plans changed for this order, read when somebody wants to see it. */
function Turns({ line }: { line: story.Line }) {
  const open = useSignal(false);
  return (
    <details class="decision" onToggle={(event) => (open.value = event.currentTarget.open)} data-turns>
      <summary>{say("story.plans")}</summary>
      {open.value && <Plans line={line} />}
    </details>
  );
}

function Line({ line, district, photos }: { line: story.Line; district: string; photos: readonly Photo[] }) {
  const happened = line.occurred_at !== null && Date.parse(line.at) - Date.parse(line.occurred_at) > LATE_NEWS_MS ? line.occurred_at : null;
  return (
    <li class={`line-of ${line.source}`} data-source={line.source} data-kind={line.kind}>
      <time dateTime={line.at}>{clockIn(line.at, district)}</time>
      <span class="tag">{say(`story.source.${line.source as "report"}`)}</span>
      <div>
        {line.sentence}
        {line.source === "photo" && <Strip photos={photos.filter((each) => each.id === line.data["photo"])} of={photos} district={district} />}
        {happened !== null && <small>{say("story.happened", { time: clockIn(happened, district), span: span(Date.parse(line.at) - Date.parse(happened)) })}</small>}
        {story.isPerson(line) && <small>{line.actor}</small>}
        <Decision line={line} />
      </div>
    </li>
  );
}

const PLAY_MS = 1200;
const playing = signal(false);

function Slider({ district }: { district: string }) {
  const most = story.lines.value.length;
  const here = story.until.value ?? most;
  const last = story.lines.value[here - 1];
  const go = (to: number) => (story.until.value = to >= most ? null : Math.max(1, to));
  const by = (step: number) => {
    playing.value = false;
    go(here + step);
  };
  const play = () => {
    if (!playing.value && here >= most) go(1);
    playing.value = !playing.value;
  };
  useKeys("desk.story", [
    { key: "ArrowLeft", word: "story.back", run: () => by(-1) },
    { key: "ArrowRight", word: "story.on", run: () => by(1) },
    { key: "Home", word: "story.to_begin", run: () => by(1 - here) },
    { key: "End", word: "story.to_end", run: () => by(most - here) },
    { key: "p", word: "story.play", run: play },
  ]);
  useEffect(() => {
    if (!playing.value) return undefined;
    if (here >= most) {
      playing.value = false;
      return undefined;
    }
    const timer = setTimeout(() => go(here + 1), PLAY_MS);
    return () => clearTimeout(timer);
  }, [playing.value, here, most]);
  useEffect(() => () => void (playing.value = false), []);
  if (most === 0 || last === undefined) return null;
  const told = story.until.value === null ? say("story.all_known") : say("story.known_at", { time: clockIn(last.at, district), n: here, m: most });
  return (
    <div class="slider">
      <label for="moment">{say("story.as_known")}</label>
      <button type="button" onClick={() => by(-1)} disabled={here <= 1} aria-label={say("story.back")} data-step="back">◀</button>
      <button type="button" onClick={play} aria-pressed={playing.value} data-play>{say(playing.value ? "story.pause" : "story.play")}</button>
      <button type="button" onClick={() => by(1)} disabled={here >= most} aria-label={say("story.on")} data-step="on">▶</button>
      <input id="moment" type="range" min={1} max={most} value={here} aria-valuetext={told} onInput={(event) => by(Number(event.currentTarget.value) - here)} />
      <output for="moment" data-known>{told}</output>
    </div>
  );
}

function Facts({ outage }: { outage: OutageWhole }) {
  const { verdict, district } = outage;
  return (
    <dl class="pairs">
      <div><dt>{say("story.state")}</dt><dd>{stateOf(outage)}{outage.closed_at !== null && ` ${clockIn(outage.closed_at, district)}`}</dd></div>
      <div><dt>{say("story.opened")}</dt><dd>{clockIn(outage.opened_at, district)}{outage.reopened > 0 && <small class="is-warn">{say("story.reopened", { n: outage.reopened })}</small>}</dd></div>
      <div><dt>{say("outage.customers")}</dt><dd>{outage.customers}</dd></div>
      <div>
        <dt>{say("story.promise")}</dt>
        <dd>
          {outage.promise.arrival_by === null ? "–" : clockIn(outage.promise.arrival_by, district)} <small>{outage.promise.policy}</small>
          {verdict && verdict.on_time !== null && <b class={verdict.on_time ? "kept" : "is-danger"}>{say(verdict.on_time ? "dispatch.verdict_kept" : "dispatch.verdict_broken")}{verdict.amended && ` ${say("dispatch.amended")}`}</b>}
          {verdict?.arrived_at && <small>{say(verdict.arrival === "proven" ? "story.proven" : "story.unproven", { time: clockIn(verdict.arrived_at, district) })}</small>}
        </dd>
      </div>
      {outage.restored_at !== null && <div><dt>{say("story.restored")}</dt><dd>{clockIn(outage.restored_at, district)}</dd></div>}
      <div><dt>{say("story.callbacks")}</dt><dd>{say("story.callbacks_left", { n: outage.callbacks.without_outcome })}</dd></div>
      {outage.tasks.map((task) => <div key={task.id}><dt>{word("task_kind", task.kind ?? "")}</dt><dd>{word("task_state", task.state ?? "")}{task.crew ? `${say("comma")}${task.crew_name ? named(task.crew_name) : task.crew}` : ""}</dd></div>)}
    </dl>
  );
}

export default function Desk() {
  const id = decodeURIComponent(path.value.split("/")[1] ?? "");
  useEffect(() => {
    if (id === "") return undefined;
    const ends = [story.keepStory(id), keepMoment()];
    return () => ends.forEach((end) => end());
  }, [id]);
  const outage = story.outage.value;
  const photos = usePhotos(id, facts.outage.value.get(id), outage?.callbacks.without_outcome ?? 1)?.items ?? [];
  if (id === "") return <p class="nothing">{say("story.none")}</p>;
  if (outage === null) return <p class="nothing" role={story.fault.value === null ? undefined : "alert"}>{story.fault.value ?? say("loading")}</p>;
  const { lines, shown, whole, only } = story;
  return (
    <>
      <div class="leaf-head">
        <h1>{say("story.title", { number: outage.number })}</h1>
        <span>{placeOf(outage)}</span>
        {whyOf(outage) !== "" && <span class="tag danger">{whyOf(outage)}</span>}
        <span class="sieve" role="group" aria-label={say("story.show")}>
          {(Object.keys(story.SORTS) as story.Sort[]).map((each) => (
            <button type="button" key={each} aria-pressed={only.value === each} onClick={() => (only.value = only.value === each ? "" : each)} data-sort={each}>{say(`story.sort.${each}`)}</button>
          ))}
        </span>
        <span class="counted" data-count>{say(whole.value ? "shown" : "shown.more", { n: shown.value.length, m: lines.value.length })}</span>
      </div>
      <Slider district={outage.district} />
      <details class="now" open>
        <summary>{say("story.now")}</summary>
        <Facts outage={outage} />
      </details>
      <div class="beside">
        <section class="leaf" tabIndex={0} aria-label={say("story.title", { number: outage.number })}>
          <ol class="told">{shown.value.map((line) => <Line line={line} district={outage.district} photos={photos} key={story.numbers.value.get(line)} />)}</ol>
        </section>
        <Then />
      </div>
    </>
  );
}
