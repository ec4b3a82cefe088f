// The chosen outage: what is owed, who has it, what may be done now, what was said and done.
import { signal } from "@preact/signals";
import { now } from "../facts/house";
import { facts } from "../facts/store";
import { clockIn, countdown } from "../facts/times";
import { choosing, locking, tracing, wondering } from "../plan/open";
import { crewName, release } from "../plan/orders";
import { pins, stops } from "../plan/plans";
import type { OutageWhole, Schemas, TaskShown } from "../shapes";
import { BASE } from "../shell/route";
import { Regroup } from "../incoming/regroup";
import { Photos } from "../photos/strip";
import { Icon } from "../shell/icon";
import { me } from "../shell/session";
import { addressOf, say, word } from "../words";
import { select } from "./chosen";
import { ELSEWHERE, FORMS, act, takeOver } from "./deeds";
import { detail, detailFault, type Detail } from "./detail";
import { Form } from "./form";
import { fly } from "./ground";
import { Left, Next, OutageMark, placeOf, stateOf, whyOf } from "./told";

/** Which deed is being asked for, and of which task. */
const doing = signal<{ kind: string; task: string | null } | null>(null);
/** Whether reports of the chosen outage are to go elsewhere; a dialog of its own asks where. */
const regrouping = signal(false);
const REGROUPS = new Set(["merge", "split"]);
const CREW_DEEDS = new Set(["acknowledge", "refuse", "depart", "arrive", "contact_customer", "assess", "make_safe", "begin_work", "hold", "resume", "restore_part", "restore", "find_customer_side", "complete"]);

export function mayOrder(): boolean {
  return me.value?.role === "dispatcher" || me.value?.role === "supervisor";
}

function Deed({ outage, allowed }: { outage: OutageWhole; allowed: Schemas["Allowed"] }) {
  const go = () => {
    if (REGROUPS.has(allowed.action)) regrouping.value = true;
    else if (allowed.action === "confirm_device") tracing.value = outage.id;
    else if (FORMS[allowed.action]) doing.value = { kind: allowed.action, task: allowed.task };
    else void act(outage.id, allowed.action, allowed.task, {});
  };
  return <button type="button" onClick={go} data-action={allowed.action}>{word("move", allowed.action)}</button>;
}

function Task({ outage, task }: { outage: OutageWhole; task: TaskShown }) {
  const state = task.state ?? "queued";
  const open = !["done", "cancelled"].includes(state);
  const mine = outage.allowed.filter((each) => each.task === task.id && !ELSEWHERE.has(each.action));
  const forCrew = mine.filter((each) => CREW_DEEDS.has(each.action));
  const stop = stops.value.get(task.id);
  const pin = pins.value.get(task.id);
  return (
    <li class="task" data-task={task.id}>
      <p>
        <b>{word("task_kind", task.kind)}</b> · {word("task_state", state)}
        {task.danger && <span class="tag danger">{say("priority.danger")}</span>}
        {pin && <span class="tag"><Icon name="lock" /> {word("plan.lock", pin.kind)}</span>}
      </p>
      <p>
        {say("outage.crew")}: <b>{crewName(task.crew)}</b>
        {open && stop && stop.crew !== task.crew && <span class="quiet-text"> · {say("dispatch.plan_says", { crew: crewName(stop.crew) })}</span>}
        {open && stop && stop.crew === task.crew && task.arrived_at == null && <span class="quiet-text"> · {say("gantt.arrives", { time: clockIn(stop.visit.eta, outage.district) })}</span>}
      </p>
      {open && (
        <p class="buttons">
          {mayOrder() && <button type="button" onClick={() => (choosing.value = task.id)} data-assign>{say(task.crew == null ? "plan.assign" : "plan.reassign")}</button>}
          {mayOrder() && task.crew != null && !["arrived", "assessing", "working", "on_hold"].includes(state) && (
            <button type="button" onClick={() => (doing.value = { kind: "release", task: task.id })}>{word("move", "release")}</button>
          )}
          {mayOrder() && <button type="button" onClick={() => (locking.value = task.id)} data-lock>{say("plan.lock.open")}</button>}
          <button type="button" onClick={() => (wondering.value = task.id)} data-why>{say("plan.why")}</button>
          {mine.filter((each) => !CREW_DEEDS.has(each.action)).map((each) => <Deed key={each.action} outage={outage} allowed={each} />)}
        </p>
      )}
      {forCrew.length > 0 && (
        <details>
          <summary>{say("dispatch.for_crew")}</summary>
          <p class="buttons">{forCrew.map((each) => <Deed key={each.action} outage={outage} allowed={each} />)}</p>
        </details>
      )}
    </li>
  );
}

function Promises({ outage }: { outage: OutageWhole }) {
  const at = now.value;
  const { verdict } = outage;
  return (
    <section>
      <h3>{say("dispatch.promises")}</h3>
      {outage.deadlines.length === 0 && verdict === null && <p class="quiet-text">{say("dispatch.no_promise")}</p>}
      <ul class="plain">
        {outage.deadlines.map((each) => {
          const left = at === null ? 0 : Date.parse(each.due) - at;
          const rung = each.next_rung;
          return (
            <li key={each.key}>
              {word("ladder", each.ladder)}: {clockIn(each.due, outage.district)}{" "}
              <b class={left < 0 ? "is-danger" : ""}>{left < 0 ? say("dispatch.late_by", { time: countdown(-left) }) : say("dispatch.left", { time: countdown(left) })}</b>
              {rung && <small> {say("dispatch.then_told", { who: word("told", rung.to), time: clockIn(rung.at, outage.district), percent: rung.percent })}</small>}
            </li>
          );
        })}
        {verdict !== null && verdict.on_time != null && (
          <li>
            <b class={verdict.on_time ? "" : "is-danger"}>{say(verdict.on_time ? "dispatch.verdict_kept" : "dispatch.verdict_broken")}</b>
            {verdict.arrived_at != null && <small> {say("gantt.arrives", { time: clockIn(verdict.arrived_at, outage.district) })}</small>}
            {verdict.amended && <small> {say("dispatch.amended")}</small>}
          </li>
        )}
      </ul>
    </section>
  );
}

function Pages({ outage }: { outage: OutageWhole }) {
  const mine = [...facts.page.value.values()].filter((page) => page.outage.id === outage.id);
  if (mine.length === 0) return null;
  const may = ["dispatcher", "supervisor", "callback_agent"].includes(me.value?.role ?? "");
  return (
    <section class="paged">
      <h3>{say("dispatch.alerts")}</h3>
      <ul class="plain">
        {mine.map((page) => (
          <li key={page.id}>
            <span>{word("ladder", page.ladder)} · {page.percent} % · {word("told", page.to)}</span>
            {may && <button type="button" onClick={() => void takeOver(page)} data-take-over>{say("dispatch.take_over")}</button>}
          </li>
        ))}
      </ul>
    </section>
  );
}

function Facts({ outage }: { outage: OutageWhole }) {
  const rows: [string, string][] = [
    [say("outage.state"), stateOf(outage)],
    [say("outage.customers"), outage.customers_off != null ? say("dispatch.off_of", { off: outage.customers_off, all: outage.customers }) : String(outage.customers)],
    [say("outage.opened"), clockIn(outage.opened_at, outage.district)],
    [say("outage.estimate"), outage.etr ? clockIn(outage.etr, outage.district) : say("dispatch.not_known")],
    [say("outage.feeder"), [outage.feeder, outage.place.transformer].filter(Boolean).join(" · ") || "–"],
    [say("outage.reports"), String(outage.reports)],
    [say("device.open"), outage.device ?? say("device.not_said")],
  ];
  return <dl class="facts">{rows.map(([name, value]) => <div key={name}><dt>{name}</dt><dd>{value}</dd></div>)}</dl>;
}

function Story({ found }: { found: Detail }) {
  const zone = found.outage.district;
  return (
    <section>
      <h3>{say("dispatch.timeline")}</h3>
      <ol class="story">
        {[...found.story].reverse().map((each, n) => <li key={n}><time>{clockIn(each.at, zone)}</time> {each.sentence}</li>)}
      </ol>
      {found.moreStory && <p class="quiet-text">{say("dispatch.more_story", { n: found.story.length })}</p>}
      <a href={`${BASE}/story/${found.id}`}>{say("dispatch.whole_story")}</a>
    </section>
  );
}

function Reports({ found }: { found: Detail }) {
  const zone = found.outage.district;
  return (
    <section>
      <h3>{say("outage.reports")} <small>{say(found.moreReports ? "shown.more" : "shown", { n: found.reports.length, m: found.outage.reports })}</small></h3>
      <ul class="plain">
        {found.reports.map((each) => (
          <li key={each.id}>
            <b>#{each.number}</b> {clockIn(each.received_at, zone)} · {word("channel", each.channel)}
            {each.reporter_name && ` · ${each.reporter_name}`}
            {each.reporter_phone && ` · ${each.reporter_phone}`}
            {each.address && <small> {addressOf(each)}</small>}
            {each.note && <q>{each.note}</q>}
          </li>
        ))}
      </ul>
    </section>
  );
}

function Whole({ found }: { found: Detail }) {
  const { outage } = found;
  // What the store holds is newer than what was read of the whole.
  const row = facts.outage.value.get(found.id) ?? outage;
  const why = whyOf(row);
  const general = outage.allowed.filter((each) => each.task === null && !ELSEWHERE.has(each.action));
  const asked = doing.value;
  return (
    <>
      <header>
        <OutageMark outage={row} size={26} />
        <h2>#{outage.number} {placeOf(row)}</h2>
        <button type="button" class="quiet" onClick={() => fly(outage.at.coordinates)}>{say("dispatch.to_map")}</button>
        <button type="button" class="quiet" onClick={() => select(null)} aria-label={say("close")}>✕</button>
      </header>
      <div class="inner">
        {why !== "" && <p class="is-danger"><b>{why}</b></p>}
        <p class="big"><Left outage={row} /> · <Next outage={row} /></p>
        <Pages outage={outage} />
        <Facts outage={outage} />
        {general.length > 0 && <p class="buttons">{general.map((each) => <Deed key={each.action} outage={outage} allowed={each} />)}</p>}
        <section>
          <h3>{say("dispatch.tasks")}</h3>
          {outage.tasks.length === 0 && <p class="quiet-text">{say("dispatch.no_tasks")}</p>}
          <ul class="plain">{outage.tasks.map((each) => <Task key={each.id} outage={outage} task={each} />)}</ul>
        </section>
        <Promises outage={outage} />
        {outage.restoration_steps.length > 0 && (
          <section>
            <h3>{say("dispatch.steps")}</h3>
            <ul class="plain">{outage.restoration_steps.map((each) => <li key={each.step_no}>{clockIn(each.occurred_at, outage.district)} · {say("dispatch.came_back", { n: each.customers })}</li>)}</ul>
          </section>
        )}
        <Photos outage={outage.id} version={row} district={outage.district} />
        <Story found={found} />
        <Reports found={found} />
      </div>
      {regrouping.value && <Regroup outage={outage.id} number={outage.number} onClose={() => (regrouping.value = false)} />}
      {asked !== null && (
        <Form
          title={`${word("move", asked.kind)} · #${outage.number}`}
          go={word("move", asked.kind)}
          fields={FORMS[asked.kind]!}
          reports={found.reports}
          onGo={(values) =>
            asked.kind === "release"
              ? void release(outage.district, asked.task!, String(values["reason"]))
              : void act(outage.id, asked.kind, asked.task, values)
          }
          onClose={() => (doing.value = null)}
        />
      )}
    </>
  );
}

export function Drawer({ id }: { id: string }) {
  const found = detail.value;
  return (
    <aside class="drawer" aria-label={say("dispatch.detail")} data-detail={found?.id === id ? id : ""}>
      {detailFault.value !== null && <p class="notice" role="alert">{detailFault.value}</p>}
      {found?.id === id ? <Whole found={found} /> : detailFault.value === null && <p class="inner">{say("loading")}</p>}
    </aside>
  );
}
