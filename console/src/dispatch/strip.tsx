// Seven figures above everything; each is a filter.
import type { ComponentChildren } from "preact";
import { CREWINGS } from "../facts/standing";
import { now } from "../facts/house";
import { districts } from "../facts/store";
import { span } from "../facts/times";
import { named, say } from "../words";
import { crewFigures, crewing, district, figures, filter, type Filter } from "./chosen";

function Figure(props: { name: Filter; value: ComponentChildren; told?: string; tone?: string }) {
  const on = filter.value === props.name;
  return (
    <button
      type="button"
      class={`figure ${props.tone ?? ""}`}
      aria-pressed={on}
      onClick={() => (filter.value = on ? "open" : props.name)}
      data-figure={props.name}
    >
      <span>{say(`dispatch.figure.${props.name}`)}</span>
      <b>{props.value}</b>
      {props.told && <small>{props.told}</small>}
    </button>
  );
}

function Oldest() {
  const { oldest, pages } = figures.value;
  const age = oldest !== null && now.value !== null ? span(now.value - Date.parse(oldest)) : "–";
  return <Figure name="paged" value={age} told={pages > 0 ? say("dispatch.of_pages", { n: pages }) : ""} tone={pages > 0 ? "warn" : ""} />;
}

function Crews() {
  const crews = crewFigures.value;
  return (
    <div class="figure crews" role="group" aria-label={say("dispatch.figure.crews")}>
      <span aria-hidden="true">{say("dispatch.figure.crews")}</span>
      <div>
        {CREWINGS.map((each) => (
          <button
            type="button"
            key={each}
            aria-pressed={crewing.value === each}
            onClick={() => (crewing.value = crewing.value === each ? null : each)}
            data-crewing={each}
          >
            <b>{crews[each]}</b> {say(`crewing.${each}`)}
          </button>
        ))}
      </div>
    </div>
  );
}

function District() {
  if (districts.value.length < 2) return null;
  return (
    <label class="figure where">
      <span>{say("dispatch.district")}</span>
      <select value={district.value ?? ""} onChange={(event) => (district.value = event.currentTarget.value || null)}>
        <option value="">{say("dispatch.all_districts")}</option>
        {districts.value.map((each) => <option value={each.id} key={each.id}>{named(each.name)}</option>)}
      </select>
    </label>
  );
}

export function Strip() {
  const found = figures.value;
  return (
    <section class="strip" aria-label={say("dispatch.figures")}>
      <District />
      <Figure name="open" value={found.open} />
      <Figure name="dark" value={found.customers} />
      <Figure name="unassigned" value={found.unassigned} tone={found.unassigned > 0 ? "warn" : ""} />
      <Figure name="risk" value={found.risk} tone={found.risk > 0 ? "warn" : ""} />
      <Figure name="broken" value={found.broken} tone={found.broken > 0 ? "danger" : ""} />
      <Crews />
      <Oldest />
    </section>
  );
}
