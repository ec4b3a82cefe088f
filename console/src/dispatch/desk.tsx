// The dispatch desk: figures, queue, map and timeline around one selection, and the drawer beside them.
import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { leadTask } from "../facts/standing";
import { facts } from "../facts/store";
import { Chart, Tools } from "../gantt/chart";
import { List } from "../gantt/list";
import { Choose, Confirm, PriceTold } from "../plan/choose";
import { Locks } from "../plan/locks";
import { Mode } from "../plan/mode";
import { choosing, locking, tracing, wondering } from "../plan/open";
import { crewName } from "../plan/orders";
import { Panel, waiting } from "../plan/panel";
import { keepPlans } from "../plan/plans";
import { Why } from "../plan/why";
import { useKeys } from "../shell/keys";
import { say } from "../words";
import { district, selected } from "./chosen";
import { CrewDrawer } from "./crew_drawer";
import { keepDetail } from "./detail";
import "./dispatch.css";
import { DeviceDialog } from "./device";
import { dragged, wished } from "./dragging";
import { Drawer, mayOrder } from "./drawer";
import { Ground, fly } from "./ground";
import { Queue } from "./queue";
import { Strip } from "./strip";

const LAYOUTS = ["both", "map", "timeline"] as const;
const TABS = ["timeline", "list", "plan"] as const;
const layout = signal<(typeof LAYOUTS)[number]>("both");
const tab = signal<(typeof TABS)[number]>("timeline");

function task(): string | null {
  const chosen = selected.value;
  const outage = chosen?.kind === "outage" ? facts.outage.value.get(chosen.id) : undefined;
  return (outage && (leadTask(outage) ?? outage.tasks[0])?.id) ?? null;
}

function place(): [number, number] | null {
  const chosen = selected.value;
  if (chosen === null) return null;
  return chosen.kind === "outage" ? (facts.outage.value.get(chosen.id)?.at.coordinates ?? null) : (facts.crew.value.get(chosen.id)?.position.at.coordinates ?? null);
}

function Keys() {
  const mine = task();
  const outage = selected.value?.kind === "outage" ? selected.value.id : null;
  useKeys("keys.dispatch", [
    ...(mine !== null && mayOrder() ? [
      { key: "a", word: "plan.assign" as const, run: () => (choosing.value = mine) },
      { key: "l", word: "plan.lock.open" as const, run: () => (locking.value = mine) },
    ] : []),
    ...(mine !== null ? [{ key: "w", word: "plan.why" as const, run: () => (wondering.value = mine) }] : []),
    ...(outage !== null ? [{ key: "d", word: "device.key" as const, run: () => (tracing.value = outage) }] : []),
    { key: "z", word: "key.zoom", run: () => fly(place()) },
    { key: "p", word: "key.plan", run: () => (tab.value = tab.value === "plan" ? "timeline" : "plan") },
    { key: "t", word: "key.twin", run: () => (tab.value = tab.value === "list" ? "timeline" : "list") },
    { key: "m", word: "key.layout", run: () => (layout.value = LAYOUTS[(LAYOUTS.indexOf(layout.value) + 1) % LAYOUTS.length]!) },
  ]);
  return null;
}

function Bottom() {
  const count = waiting();
  const boards = [...facts.board.value.values()].filter((each) => district.value === null || each.district === district.value);
  return (
    <section class="bottom">
      <div class="bottom-head">
        <div role="tablist" aria-label={say("dispatch.below")}>
          {TABS.map((each) => (
            <button type="button" role="tab" id={`tab-${each}`} aria-controls="below" aria-selected={tab.value === each} tabIndex={tab.value === each ? 0 : -1} onClick={() => (tab.value = each)} onKeyDown={turn} key={each}>
              {say(`dispatch.tab.${each}`)}{each === "plan" && count > 0 && <b class="badge">{count}</b>}
            </button>
          ))}
        </div>
        <span class="modes">{boards.map((board) => <Mode key={board.district} board={board} />)}</span>
        {tab.value === "timeline" && <Tools />}
        <button type="button" class="quiet" onClick={() => (layout.value = LAYOUTS[(LAYOUTS.indexOf(layout.value) + 1) % LAYOUTS.length]!)}>{say(`dispatch.layout.${layout.value}`)}</button>
      </div>
      <div class="below" id="below" role="tabpanel" aria-labelledby={`tab-${tab.value}`}>
        {tab.value === "timeline" && <Chart />}
        {tab.value === "list" && <List />}
        {tab.value === "plan" && <Panel />}
      </div>
    </section>
  );
}

function turn(event: KeyboardEvent): void {
  const by = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
  if (by === 0) return;
  tab.value = TABS[(TABS.indexOf(tab.value) + by + TABS.length) % TABS.length]!;
  document.getElementById(`tab-${tab.value}`)?.focus();
}

/** What is dragged, beside the pointer: to whom it would go and what that costs. */
function Held() {
  const held = dragged.value;
  if (held === null) return null;
  const right = held.x > innerWidth - 340;
  const low = held.y > innerHeight - 200;
  return (
    <div class="held" style={{ left: `${held.x + (right ? -330 : 14)}px`, top: `${held.y + (low ? -150 : 14)}px` }} data-held>
      <b>#{held.number}{held.crew !== null && ` → ${crewName(held.crew)}`}</b>
      {held.crew === null ? <p>{say("plan.drop_on")}</p> : held.price === null ? <p>{say("plan.pricing")}</p> : <div data-price><PriceTold price={held.price} /></div>}
    </div>
  );
}

export default function Desk() {
  useEffect(() => {
    const ends = [keepPlans(), keepDetail()];
    return () => ends.forEach((end) => end());
  }, []);
  const chosen = selected.value;
  const done = (which: typeof choosing) => () => (which.value = null);
  const wish = wished.value;
  return (
    <>
      <h1 class="unseen">{say("desk.dispatch")}</h1>
      <Keys />
      <Strip />
      <div class={`panes ${layout.value} ${chosen ? "with-drawer" : ""}`}>
        <Queue />
        {layout.value !== "timeline" && <Ground />}
        {layout.value !== "map" && <Bottom />}
        {layout.value === "map" && <button type="button" class="bring" onClick={() => (layout.value = "both")}>{say("dispatch.show_below")}</button>}
        {chosen?.kind === "outage" && <Drawer id={chosen.id} key={chosen.id} />}
        {chosen?.kind === "crew" && <CrewDrawer id={chosen.id} key={chosen.id} />}
      </div>
      <Held />
      {choosing.value !== null && <Choose task={choosing.value} onClose={done(choosing)} />}
      {wondering.value !== null && <Why task={wondering.value} onClose={done(wondering)} />}
      {locking.value !== null && <Locks task={locking.value} onClose={done(locking)} />}
      {tracing.value !== null && <DeviceDialog outage={tracing.value} number={facts.outage.value.get(tracing.value)?.number ?? 0} onClose={done(tracing)} key={tracing.value} />}
      {wish !== null && <Confirm task={wish.task} crew={wish.crew} onClose={() => (wished.value = null)} />}
    </>
  );
}
