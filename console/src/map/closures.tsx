// Roads on which nobody drives, and roads that are slow, as a list.
import type { Closure } from "../shapes";
import { say, word } from "../words";
import { fly } from "./chart";
import { Mark } from "./tables";
import { clockIn } from "./times";
import * as world from "./world";

function what(closure: Closure): string {
  const share = Math.round(closure.share * 100);
  if (closure.kind !== null) return say("closure.slow", { roads: word("road", closure.kind), share });
  if (closure.area_class !== null)
    return say("closure.slow", { roads: word("area", closure.area_class), share });
  const count = closure.streets?.length ?? 0;
  return say(closure.area === null ? "closure.streets" : "closure.area", { count });
}

function when(closure: Closure, at: string | null): string {
  const since = world.holds(closure, at) ? say("closure.now") : say("closure.from", { time: clockIn(closure.since) });
  const until = closure.until === null ? say("closure.open_end") : say("closure.until", { time: clockIn(closure.until) });
  return `${since} ${until}`;
}

export function Closures({ at }: { at: string | null }) {
  const shown = world.shownClosures.value;
  if (shown.length === 0) return <p class="count">{say("closure.none")}</p>;
  return (
    <table>
      <thead>
        <tr>
          <th scope="col">{say("closure.what")}</th>
          <th scope="col">{say("closure.reason")}</th>
          <th scope="col">{say("closure.when")}</th>
        </tr>
      </thead>
      <tbody>{shown.map((each) => <Line key={each.id} closure={each} at={at} />)}</tbody>
    </table>
  );
}

function Line({ closure, at }: { closure: Closure; at: string | null }) {
  const path = closure.area?.coordinates[0] ?? closure.geometry?.coordinates[0];
  const middle = path?.[Math.floor(path.length / 2)];
  const told = <><Mark name={closure.streets === null ? "slow" : "closure"} />{what(closure)}</>;
  return (
    <tr data-closure={closure.id}>
      <td>
        {middle ? (
          <button type="button" class="row" onClick={() => fly(middle)}>{told}</button>
        ) : (
          told
        )}
      </td>
      <td>{closure.reason}</td>
      <td>{when(closure, at)}</td>
    </tr>
  );
}
