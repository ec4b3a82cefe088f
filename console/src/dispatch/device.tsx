// Which device of the network is open: drawn with what it darkens, confirmed, or corrected later.
import { effect, useSignal, type Signal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { ask, send } from "../api";
import { facts } from "../facts/store";
import { putOutages } from "../map/overlay";
import { pane, under, type Pane } from "../map/pane";
import { OFFERED, boxOf, putOffered, putSection, type Extent } from "../map/section";
import { still } from "../map/sheet";
import type { Schemas } from "../shapes";
import { Dialog } from "../shell/dialog";
import { me } from "../shell/session";
import { theme } from "../shell/theme";
import { tell, tellFault, undoable } from "../shell/toasts";
import { say, word } from "../words";
import { act } from "./deeds";
import { statusWord } from "./told";

type Around = Schemas["DevicesAround"];
type Device = Schemas["DeviceShown"];

/** Reads the candidates, and what each darkens as soon as it is looked at. */
function useDevices(outage: string) {
  const around = useSignal<Around | null>(null);
  const chosen = useSignal<string | null>(null);
  const extent = useSignal<Extent | null>(null);
  const path = `/v1/outages/${encodeURIComponent(outage)}`;
  const known = facts.outage.value.get(outage)?.device;
  useEffect(() => {
    ask<Around>(`${path}/devices`).then((told) => {
      around.value = told;
      const there = told.items.some((each) => each.id === chosen.peek());
      if (!there) chosen.value = told.confirmed ?? told.items[0]?.id ?? null;
    }, tellFault);
  }, [outage, known]);
  useEffect(() => effect(() => {
    const device = chosen.value;
    extent.value = null;
    if (device === null) return;
    ask<Extent>(`${path}/extent?device=${encodeURIComponent(device)}`).then(
      (told) => { if (chosen.peek() === device) extent.value = told; },
      tellFault,
    );
  }), [outage]);
  return { around, chosen, extent };
}

interface Drawing {
  outage: string;
  around: Signal<Around | null>;
  chosen: Signal<string | null>;
  extent: Signal<Extent | null>;
}

function keep({ on, styled }: Pane, { outage, around, chosen, extent }: Drawing): () => void {
  let fitted = false;
  const ends = [
    effect(() => {
      const rows = [...facts.outage.value.values()];
      const below = new Set(around.value?.items.flatMap((each) => each.outages.map((one) => one.id)));
      if (styled.value) putOutages(on, rows.filter((each) => each.id === outage || below.has(each.id)), theme.value);
    }),
    effect(() => {
      const told = extent.value;
      if (!styled.value) return;
      putSection(on, told);
      const points = (around.value?.items ?? []).map((each) => each.at.coordinates as [number, number]);
      const box = told === null ? null : boxOf(told, fitted ? [] : points);
      // At first everything that may be chosen is in sight; later only what is not is brought there.
      const inside = box !== null && on.getBounds().contains(box[0]) && on.getBounds().contains(box[1]);
      if (box !== null && !(fitted && inside)) on.fitBounds(box, { padding: 48, maxZoom: 15, animate: !still() });
      fitted ||= box !== null;
    }),
    effect(() => {
      const marks = (around.value?.items ?? []).map((each, n) => ({
        id: each.id, at: each.at.coordinates as [number, number], sign: `${n + 1}`, chosen: each.id === chosen.value,
      }));
      // The chosen one is drawn last: where marks lie together it is on top.
      if (styled.value) putOffered(on, [...marks].sort((one, other) => Number(one.chosen) - Number(other.chosen)));
    }),
  ];
  return () => ends.forEach((end) => end());
}

function Drawn(props: Drawing) {
  const place = useRef<HTMLDivElement>(null);
  const noGl = useSignal(false);
  useEffect(() => {
    const made = pane(place.current!);
    if (made === null) {
      noGl.value = true;
      return undefined;
    }
    const { on } = made;
    on.on("click", ({ point }) => {
      const id = under(on, point, OFFERED);
      if (id !== null) props.chosen.value = id;
    });
    on.on("mousemove", ({ point }) => (on.getCanvas().style.cursor = under(on, point, OFFERED) === null ? "" : "pointer"));
    const end = keep(made, props);
    return () => {
      end();
      made.end();
    };
  }, []);
  return (
    <div class="device-map">
      <div class="chart pane" ref={place} role="application" aria-label={say("device.map_label")} />
      {noGl.value && <p class="notice" role="status">{say("device.map_not")}</p>}
    </div>
  );
}

function One({ each, n, calls, chosen, confirmed }: { each: Device; n: number; calls: number; chosen: Signal<string | null>; confirmed: string | null }) {
  return (
    <label class={each.id === chosen.value ? "device chosen" : "device"} data-candidate={each.id}>
      <input type="radio" name="device" value={each.id} checked={each.id === chosen.value} onChange={() => (chosen.value = each.id)} />
      <span>
        <b>{n + 1}. {word("device", each.kind)} {each.name}</b>{" "}
        {each.id === confirmed ? <span class="tag well">{say("device.confirmed")}</span> : <span class="tag">{word("device.where", each.where)}</span>}
        <small>{say("device.holds", { customers: each.customers, calls: each.calls, all: calls })}</small>
      </span>
    </label>
  );
}

function Below(props: { device: Device; marked: Signal<ReadonlySet<string>> }) {
  const { device, marked } = props;
  const mark = (id: string, on: boolean) => {
    const next = new Set(marked.value);
    if (on) next.add(id);
    else next.delete(id);
    marked.value = next;
  };
  if (device.outages.length === 0) return <p class="quiet-text">{say("device.none_below")}</p>;
  return (
    <fieldset class="choices below-device">
      <legend>{say("device.below")}</legend>
      {device.outages.map((each) => (
        <label key={each.id} data-below={each.id}>
          <input type="checkbox" checked={marked.value.has(each.id)} onChange={(event) => mark(each.id, event.currentTarget.checked)} />
          {say("device.below_one", { number: each.number, reports: each.reports, customers: each.customers })} {statusWord(each.status)}
        </label>
      ))}
    </fieldset>
  );
}

/** Say which device is open, then merge what was marked; each is one deed, and a refusal stops there. */
async function confirm(outage: string, device: Device | null, merged: readonly string[]): Promise<void> {
  if (device !== null && !(await act(outage, "confirm_device", null, { network_device: device.id }))) return;
  for (const other of merged) {
    await send(`/v1/outages/${encodeURIComponent(other)}/actions`, { id: `desk-${crypto.randomUUID()}`, kind: "merge", into: outage });
    const number = facts.outage.peek().get(other)?.number;
    tell(say("regroup.merging", { number: number ?? "–" }));
  }
}

function mayConfirm(): boolean {
  return me.value?.role === "dispatcher" || me.value?.role === "supervisor";
}

export function DeviceDialog(props: { outage: string; number: number; onClose: () => void }) {
  const { around, chosen, extent } = useDevices(props.outage);
  const marked = useSignal<ReadonlySet<string>>(new Set());
  const told = around.value;
  const device = told?.items.find((each) => each.id === chosen.value);
  const merged = device?.outages.map((each) => each.id).filter((id) => marked.value.has(id)) ?? [];
  const news = device !== undefined && device.id !== told?.confirmed;
  const go = () => {
    if (device === undefined) return;
    const name = `${word("device", device.kind)} ${device.name}`;
    const text = say(news ? "device.will_confirm" : "device.will_merge", { number: props.number, device: name, count: merged.length });
    props.onClose();
    void undoable(text, () => confirm(props.outage, news ? device : null, merged));
  };
  return (
    <Dialog title={say("device.title", { number: props.number })} onClose={props.onClose} wide>
      <div class="device-room" data-devices={told === null ? "no" : "yes"}>
        <div class="device-list">
          <p>{say("device.means")}</p>
          {told !== null && told.items.length === 0 && <p class="quiet-text">{say("device.unknown")}</p>}
          <fieldset class="choices">
            <legend class="unseen">{say("device.choose")}</legend>
            {told?.items.map((each, n) => <One key={each.id} each={each} n={n} calls={told.calls} chosen={chosen} confirmed={told.confirmed} />)}
          </fieldset>
          {device !== undefined && <Below device={device} marked={marked} />}
        </div>
        <Drawn outage={props.outage} around={around} chosen={chosen} extent={extent} />
        <p class="device-go">
          {device !== undefined && <span role="status" data-holds={device.id}>{say("device.would", { device: `${word("device", device.kind)} ${device.name}`, customers: device.customers })}</span>}
          {mayConfirm() && (
            <button type="button" class="chief" disabled={!news && merged.length === 0} onClick={go} data-confirm-device>
              {say(!news ? "device.merge" : told?.confirmed == null ? "device.confirm" : "device.correct", { count: merged.length })}
            </button>
          )}
        </p>
      </div>
    </Dialog>
  );
}
