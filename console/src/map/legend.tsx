// The legend, which is also how kinds are hidden and shown again.
import { say, type Key } from "../words";
import { Mark } from "./tables";
import * as world from "./world";

function Choice({ name, mark, words, count }: { name: string; mark: string; words: Key; count: number }) {
  return (
    <label>
      <input type="checkbox" checked={!world.hidden.value.has(name)} onChange={() => world.toggle(name)} />
      <Mark name={mark} />
      <span>{say(words)}</span>
      <span class="number">{count}</span>
    </label>
  );
}

function counted<T>(items: Iterable<T>, kindOf: (each: T) => string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const each of items) counts.set(kindOf(each), (counts.get(kindOf(each)) ?? 0) + 1);
  return counts;
}

export function Legend() {
  const phases = counted(world.outages.value.values(), world.phaseOf);
  const priorities = counted(world.outages.value.values(), world.priorityOf);
  const crewings = counted(world.activeCrews.value, world.crewingOf);
  return (
    <div class="legend">
      <fieldset>
        <legend>{say("state")}</legend>
        {world.PHASES.map((each) => (
          <Choice key={each} name={each} mark={`outage-normal-${each}`} words={`phase.${each}`} count={phases.get(each) ?? 0} />
        ))}
      </fieldset>
      <fieldset>
        <legend>{say("priority")}</legend>
        {world.PRIORITIES.map((each) => (
          <Choice key={each} name={each} mark={`outage-${each}-waiting`} words={`priority.${each}`} count={priorities.get(each) ?? 0} />
        ))}
      </fieldset>
      <fieldset>
        <legend>{say("tab.crews")}</legend>
        {world.CREWINGS.map((each) => (
          <Choice key={each} name={each} mark={`crew-${each}`} words={`crewing.${each}`} count={crewings.get(each) ?? 0} />
        ))}
      </fieldset>
      <fieldset>
        <legend>{say("tab.closures")}</legend>
        <Choice name="closure" mark="closure" words="closure.legend" count={world.closures.value.size} />
      </fieldset>
      <Network />
    </div>
  );
}

function Network() {
  const here = world.told.value;
  return (
    <fieldset>
      <legend>{say("network")}</legend>
      {here?.network === null && <p>{say("network.hidden")}</p>}
      {here?.network && (
        <ul>
          <li><i class="line feeder" />{say("network.feeder")}</li>
          <li><Mark name="network-substation" />{say("network.substation")}</li>
          <li><Mark name="network-transformer" />{say("network.transformer")}</li>
          <li><Mark name="network-closed" />{say("network.closed")}</li>
          <li><Mark name="network-open" />{say("network.open")}</li>
          <li><i class="line area" />{say("network.area")}</li>
        </ul>
      )}
      {here?.land && !here.base && <p>{say("map.beyond")}</p>}
    </fieldset>
  );
}
