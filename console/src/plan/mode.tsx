// How far a board may act by itself: shown at every moment, changed by a supervisor with a reason.
import { useState } from "preact/hooks";
import { signal } from "@preact/signals";
import { clockIn } from "../facts/times";
import { districts } from "../facts/store";
import type { Board } from "../shapes";
import { Dialog } from "../shell/dialog";
import { me } from "../shell/session";
import { named, say, word } from "../words";
import { setMode } from "./orders";

const MODES = ["shadow", "advise", "auto"] as const;
const REASONS = ["storm", "quiet_again", "trial", "plans_not_good", "drill", "other"] as const;
const changing = signal<string | null>(null);

/** The board's last change of mode, while it is among its latest orders. */
function changed(board: Board) {
  return board.orders.find((order) => order.kind === "mode" && order.outcome?.accepted);
}

function nameOf(district: string): string {
  const found = districts.value.find((each) => each.id === district);
  return found ? named(found.name) : district;
}

function Change({ board }: { board: Board }) {
  const [mode, setChosen] = useState(board.mode);
  const [reason, setReason] = useState<string>(REASONS[0]);
  const close = () => (changing.value = null);
  const last = changed(board);
  const may = me.value?.role === "supervisor";
  return (
    <Dialog title={say("plan.mode.of", { district: nameOf(board.district) })} onClose={close}>
      {last && (
        <p class="quiet-text">
          {say("plan.mode.since", { time: clockIn(last.at, board.district), who: last.subject })}
          {last.order["reason"] ? ` (${word("plan.mode.reason", String(last.order["reason"]))})` : ""}
        </p>
      )}
      <ul class="plain">{MODES.map((each) => <li key={each}><b>{word("plan.mode", each)}</b>: {word("plan.mode.means", each)}</li>)}</ul>
      {may ? (
        <form class="stack" onSubmit={(event) => { event.preventDefault(); close(); void setMode(board.district, mode, reason); }}>
          <label class="choice"><span>{say("plan.mode.new")}</span>
            <select value={mode} onChange={(event) => setChosen(event.currentTarget.value)}>{MODES.map((each) => <option value={each} key={each}>{word("plan.mode", each)}</option>)}</select>
          </label>
          <label class="choice"><span>{say("plan.mode.why")}</span>
            <select value={reason} onChange={(event) => setReason(event.currentTarget.value)}>{REASONS.map((each) => <option value={each} key={each}>{word("plan.mode.reason", each)}</option>)}</select>
          </label>
          <button type="submit" class="chief" disabled={mode === board.mode}>{say("plan.mode.set")}</button>
        </form>
      ) : <p class="quiet-text">{say("plan.mode.not_yours")}</p>}
    </Dialog>
  );
}

export function Mode({ board }: { board: Board }) {
  return (
    <>
      <button type="button" class={`mode ${board.mode}`} onClick={() => (changing.value = board.district)} data-mode={board.mode}>
        {nameOf(board.district)}: <b>{word("plan.mode", board.mode)}</b>
      </button>
      {changing.value === board.district && <Change board={board} />}
    </>
  );
}
