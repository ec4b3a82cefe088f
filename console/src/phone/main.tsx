// The crew's page, for a phone: the next job, what comes next of it, and how fresh it is.
import { render } from "preact";
import { useEffect } from "preact/hooks";
import "@fontsource/noto-sans/latin-400.css";
import "@fontsource/noto-sans/latin-600.css";
import "@fontsource/noto-sans/latin-700.css";
import { Problem } from "../api";
import { acknowledge } from "../dispatch/deeds";
import { clockIn } from "../facts/times";
import type { Page } from "../shapes";
import "../shell/console.css";
import { Clock, Freshness } from "../shell/header";
import { attend, me } from "../shell/session";
import "../shell/theme";
import { signIn, signOut, tokens } from "../sign_in";
import "../style.css";
import { addressOf, language, named, say, speak, word } from "../words";
import { Job } from "./job";
import { alerts, crew, fault, job, keepJobs, later, readSoon, route } from "./jobs";
import "./phone.css";
import { keepPosting } from "./photo_post";
import { keepStating, news, sendKept, sending, waiting } from "./statements";

function Alert({ of: [page, ...before] }: { of: readonly [Page, ...Page[]] }) {
  const take = async () => {
    try {
      for (const each of [page, ...before]) await acknowledge(each);
    } catch (fault) {
      news.value = { text: fault instanceof Problem && fault.message ? fault.message : say("phone.no_line"), fault: true };
    }
    await readSoon();
  };
  return (
    <li>
      <span>{say("phone.alert", { number: page.outage.number ?? "–", ladder: word("ladder", page.ladder), percent: page.percent })}
        {before.length > 0 && <small> {say("phone.alerts_before", { n: before.length })}</small>}
      </span>
      <button type="button" onClick={() => void take()} data-take>{say("phone.take")}</button>
    </li>
  );
}

function Kept() {
  if (waiting.value === null || sending.value) return null;
  return (
    <p class="kept" role="alert">
      {say("phone.not_sent", { what: word("move", waiting.value.kind) })}
      <button type="button" class="chief" onClick={() => void sendKept().then(readSoon)} data-again>{say("phone.again")}</button>
    </p>
  );
}

function Jobs() {
  useEffect(keepJobs, []);
  useEffect(keepPosting, []);
  useEffect(() => keepStating(() => void readSoon()), []);
  const mine = crew.value;
  return (
    <main class="phone" data-crew={mine?.id}>
      <Kept />
      {news.value !== null && waiting.value === null && <p class={news.value.fault ? "news is-danger" : "news"} role="status">{news.value.text}</p>}
      {fault.value !== null && <p class="news is-danger" role="alert">{fault.value}</p>}
      {alerts.value.length > 0 && <ul class="alerts">{alerts.value.map((each) => <Alert of={each} key={each[0].id} />)}</ul>}
      {route.value === null ? <p>{say("loading")}</p> : job.value === null ? <p class="nothing">{say("phone.no_job")}</p> : <Job stop={job.value} key={job.value.task} />}
      {later.value.length > 0 && (
        <section class="later">
          <h2>{say("phone.later", { n: later.value.length })}</h2>
          <ol>{later.value.map((stop) => <li key={stop.task}>#{stop.outage.number} {word("task_kind", stop.kind)} <small>{addressOf(stop.place)}{stop.promise.arrival_by && ` · ${say("phone.promised", { time: clockIn(stop.promise.arrival_by) })}`}</small></li>)}</ol>
        </section>
      )}
    </main>
  );
}

function Top() {
  const mine = crew.value;
  return (
    <header class="phone-top">
      <b>{mine ? named(mine.name) : "Relight"}</b>
      {me.value && <Freshness />}
      <Clock />
      <button type="button" class="quiet" onClick={() => speak(language.value === "en" ? "zh" : "en")} data-language>{say("language")}</button>
      {tokens.value && <button type="button" class="quiet" onClick={() => void signOut()}>{say("sign_in.out")}</button>}
    </header>
  );
}

function Phone() {
  document.title = `${say("phone.title")} – Relight`;
  const person = me.value;
  if (tokens.value === null)
    return <><Top /><main class="stranger"><p>{say("phone.wanted")}</p><button type="button" class="chief" onClick={() => void signIn()}>{say("sign_in.go")}</button></main></>;
  if (person === null) return <><Top /><main class="stranger"><p>{say("loading")}</p></main></>;
  if (person.role !== "crew")
    return <><Top /><main class="stranger"><p>{say("phone.not_a_crew", { role: word("role", person.role) })}</p><a href="/console">{say("shell.home")}</a></main></>;
  return <><Top /><Jobs /></>;
}

attend();
render(<Phone />, document.getElementById("page")!);
