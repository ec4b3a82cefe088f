// The next job on one card, with one big button for what comes next, and what may go otherwise below.
import { signal } from "@preact/signals";
import { FORMS } from "../dispatch/deeds";
import { Form } from "../dispatch/form";
import { houseAt, now } from "../facts/house";
import { partsTold } from "../facts/parts";
import { clockIn, countdown } from "../facts/times";
import { addressOf, say, word } from "../words";
import { crew, leg, may, nextStep, readSoon, type Stop } from "./jobs";
import { JobPhotos } from "./photos";
import { sending, state, waiting } from "./statements";

const PROBLEMS = ["call_crew", "need_parts", "hold", "refuse", "restore_part", "find_customer_side", "add_task"] as const;
const MINUTES = [30, 60, 120] as const;
/** What is being asked for before it can be stated. */
const form = signal<{ kind: string; stop: Stop } | null>(null);

async function declare(stop: Stop, kind: string, fields: Record<string, unknown> = {}): Promise<void> {
  const ofOutage = kind === "give_estimate" || kind === "add_task";
  if (await state(stop.outage.id, kind, ofOutage ? null : stop.task, fields)) await readSoon();
}

function safetyOfficer(): string | undefined {
  return crew.value?.members.find((each) => each.part === "safety_officer")?.subject;
}

function begin(stop: Stop, kind: string): void {
  if (kind === "begin_work") void declare(stop, kind, { safety_officer: safetyOfficer() });
  else if (kind === "contact_customer") void declare(stop, kind, { reached: true });
  else if (kind === "restore" || FORMS[kind] === undefined) void declare(stop, kind);
  else form.value = { kind, stop };
}

function Promised({ stop }: { stop: Stop }) {
  const by = stop.promise.arrival_by;
  if (by === null) return null;
  if (stop.arrived_at !== null) return <p class="due">{say("phone.arrived", { time: clockIn(stop.arrived_at) })}</p>;
  const left = now.value === null ? 0 : Date.parse(by) - now.value;
  return (
    <p class={left < 0 ? "due is-danger" : left < 15 * 60_000 ? "due is-warn" : "due"}>
      {say("phone.promised", { time: clockIn(by) })} <b>{left < 0 ? say("phone.late", { time: countdown(-left) }) : say("phone.left", { time: countdown(left) })}</b>
    </p>
  );
}

function Way({ stop }: { stop: Stop }) {
  const [lon, lat] = stop.place.at.coordinates;
  const way = leg.value;
  const far = stop.state === "dispatched" || stop.state === "acknowledged" || stop.state === "en_route";
  return (
    <p class="where">
      <b>{addressOf(stop.place) ?? say("phone.no_address")}</b>
      {far && way !== null && <span>{say(way.straight ? "phone.way_straight" : "phone.way", { km: (way.metres / 1000).toFixed(1), minutes: Math.max(1, Math.round(way.seconds / 60)) })}</span>}
      <a href={`geo:${lat},${lon}`}>{say("phone.navigate")}</a>
    </p>
  );
}

function Dangers({ stop }: { stop: Stop }) {
  const told = [...stop.hazards.map((each) => word("hazard", each)), ...(stop.life_support ? [say("priority.life")] : [])];
  if (told.length === 0) return null;
  return <p class="dangers" role="note"><span aria-hidden="true">⚠ </span>{told.join(say("comma"))}</p>;
}

function Estimate({ stop }: { stop: Stop }) {
  if (!may(stop, "give_estimate")) return null;
  const give = (minutes: number) => {
    const at = houseAt(performance.now()) ?? Date.now();
    void declare(stop, "give_estimate", { etr: new Date(at + minutes * 60_000).toISOString() });
  };
  return (
    <fieldset class="estimate">
      <legend>{say("phone.estimate")}</legend>
      {MINUTES.map((each) => <button type="button" key={each} disabled={off()} onClick={() => give(each)} data-minutes={each}>{say("phone.plus", { m: each })}</button>)}
    </fieldset>
  );
}

function off(): boolean {
  return sending.value || waiting.value !== null;
}

export function Job({ stop }: { stop: Stop }) {
  const step = nextStep(stop);
  const problems = PROBLEMS.filter((each) => may(stop, each));
  return (
    <article class="job" data-job={stop.task} data-state={stop.state}>
      <header><h1>#{stop.outage.number} {word("task_kind", stop.kind)}</h1><span class="tag">{word("task_state", stop.outage.status === "customer_contacted" ? "customer_contacted" : stop.state)}</span></header>
      <Dangers stop={stop} />
      <Way stop={stop} />
      <Promised stop={stop} />
      {stop.outage.customers_off !== null && <p class="off-count">{say("phone.customers_off", { n: stop.outage.customers_off })}</p>}
      {Object.keys(stop.parts).length > 0 && <p>{say("phone.parts", { parts: partsTold(stop.parts) })}</p>}
      {step !== null ? (
        <button type="button" class="chief next" disabled={off()} onClick={() => begin(stop, step)} data-step={step}>
          {sending.value ? say("phone.sending") : word("phone_step", step)}
        </button>
      ) : <p class="quiet-text">{say("phone.nothing_next")}</p>}
      {step === "contact_customer" && <button type="button" class="second" disabled={off()} onClick={() => void declare(stop, "contact_customer", { reached: false })} data-step="not_reached">{say("phone.not_reached")}</button>}
      {step === "begin_work" && safetyOfficer() && <p class="quiet-text">{say("phone.safety_officer", { who: safetyOfficer()! })}</p>}
      <Estimate stop={stop} />
      <JobPhotos stop={stop} />
      {problems.length > 0 && (
        <details class="problem" data-problem>
          <summary>{say("phone.problem")}</summary>
          {problems.map((each) => <button type="button" key={each} disabled={off()} onClick={() => begin(stop, each)} data-kind={each}>{word("phone_problem", each)}</button>)}
        </details>
      )}
      {form.value !== null && (
        <Form
          title={word("move", form.value.kind)}
          go={say("phone.send")}
          fields={FORMS[form.value.kind] ?? []}
          onGo={(values) => void declare(form.value!.stop, form.value!.kind, values)}
          onClose={() => (form.value = null)}
        />
      )}
    </article>
  );
}
