// The supervisor's desk: how promises are kept, what does not agree, who is told next, and by which policy.
import { asked, note } from "../shell/route";
import { useKeys } from "../shell/keys";
import { say } from "../words";
import { Broken } from "./broken";
import { Discrepancies } from "./discrepancies";
import { Kept } from "./kept";
import { Ladders } from "./ladders";
import { Policies } from "./policies";
import "./supervision.css";

const PARTS = { kept: Kept, broken: Broken, discrepancies: Discrepancies, ladders: Ladders, policies: Policies } as const;
type Part = keyof typeof PARTS;
const NAMES = Object.keys(PARTS) as Part[];

export default function Desk() {
  const wished = asked.value.get("part") as Part | null;
  const part: Part = wished !== null && wished in PARTS ? wished : "kept";
  const Found = PARTS[part];
  useKeys("desk.supervision", NAMES.map((each, n) => ({ key: String(n + 1), word: `supervision.${each}` as const, run: () => note("part", each) })));
  return (
    <>
      <div class="leaf-head">
        <h1>{say("desk.supervision")}</h1>
        <nav class="parts" aria-label={say("desk.supervision")}>
          {NAMES.map((each, n) => (
            <button type="button" key={each} aria-current={each === part ? "page" : undefined} onClick={() => note("part", each)} data-part={each}>
              {say(`supervision.${each}`)} <kbd>{n + 1}</kbd>
            </button>
          ))}
        </nav>
      </div>
      <section class="leaf" tabIndex={0} aria-label={say(`supervision.${part}`)} data-shown={part}><Found /></section>
    </>
  );
}
