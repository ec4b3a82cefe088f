// Finding the caller's home by typing, or a point of the map: a list that is walked with the arrow keys.
import { useSignal } from "@preact/signals";
import { useEffect, useId, useRef } from "preact/hooks";
import { Problem, ask } from "../api";
import type { HomeFound } from "../shapes";
import { addressOf, say, word } from "../words";
import { at, atPoint, home, offered, placed, pointIn, spot, wanted } from "./call";

const WAIT_MS = 150;
interface Found {
  items: HomeFound[];
  more: boolean;
  /** The point that was asked about: it can be taken itself. */
  point: [number, number] | null;
  /** What was typed when it was asked for: a list of older words is not chosen from by Enter. */
  text: string;
}

export function pointTold([lon, lat]: [number, number]): string {
  return `${lon.toFixed(5)}, ${lat.toFixed(5)}`;
}

function Here() {
  const here = home.value;
  return (
    <p class="here" data-place={here?.service_point_id ?? "point"}>
      {here === null ? <b>{say("incoming.point", { at: pointTold(spot.value!) })}</b> : (
        <>
          <b>{addressOf(here)}</b> <span class="quiet-text">{here.service_point_id} · {here.transformer}</span>
          {here.key_class !== null && <span class="tag key">{say("incoming.key_customer", { name: here.key_class })}</span>}
        </>
      )}
      <button type="button" onClick={() => at(null)}>{say("incoming.other_place")}</button>
    </p>
  );
}

/** Look for what is typed, a moment after the last letter; what comes late is passed over. */
function useFinding() {
  const typed = useSignal("");
  const found = useSignal<Found | null>(null);
  const refusal = useSignal("");
  const turn = useRef(0);
  const told = (next: Found | null, said = "") => {
    found.value = next;
    refusal.value = said;
    offered.value = { homes: next?.items ?? [], marked: 0 };
  };
  const look = (text: string, wait = WAIT_MS) => {
    typed.value = text;
    const mine = ++turn.current;
    if (text.trim().length < 2) return told(null);
    const point = pointIn(text);
    const path = point === null ? `q=${encodeURIComponent(text)}` : `near=${point.join(",")}`;
    setTimeout(() => {
      if (mine !== turn.current) return;
      ask<Pick<Found, "items" | "more">>(`/v1/places?${path}`).then(
        (answer) => { if (mine === turn.current) told({ ...answer, point, text }); },
        (reason) => { if (mine === turn.current) told(null, reason instanceof Problem ? sentenceOf(reason) : ""); },
      );
    }, wait);
  };
  const leave = () => {
    turn.current += 1;
    told(null);
  };
  return { typed, found, refusal, look, leave };
}

function sentenceOf(reason: Problem): string {
  const errors = reason.said["errors"] as { detail: string }[] | undefined;
  return errors?.[0]?.detail ?? reason.message;
}

export function Search() {
  const { typed, found, refusal, look, leave } = useFinding();
  const box = useRef<HTMLInputElement>(null);
  const list = useId();
  useEffect(() => {
    if (placed.value) return;
    if (wanted.peek() === null) typed.value = "";
    box.current?.focus();
  }, [placed.value]);
  useEffect(() => {
    const text = wanted.value;
    if (text === null || placed.value) return;
    wanted.value = null;
    look(text, 0);
    box.current?.focus();
  }, [wanted.value, placed.value]);
  if (placed.value) return <Here />;
  const items = found.value?.items ?? [];
  const point = found.value?.point ?? null;
  const count = items.length + (point === null ? 0 : 1);
  const { marked } = offered.value;
  const mark = (number: number) => (offered.value = { homes: items, marked: Math.max(0, Math.min(count - 1, number)) });
  const choose = (number: number) => {
    if (number >= count) return;
    const item = items[number];
    leave();
    if (item !== undefined) at(item);
    else atPoint(point!);
  };
  const walk = (event: KeyboardEvent) => {
    if (event.key === "ArrowDown") mark(marked + 1);
    else if (event.key === "ArrowUp") mark(marked - 1);
    else if (event.key === "Enter" && !event.ctrlKey) void (found.value?.text === typed.value && choose(marked));
    else if (event.key === "Escape") leave();
    else return;
    event.preventDefault();
  };
  return (
    <div class="search">
      <input
        ref={box} type="text" role="combobox" autocomplete="off" aria-autocomplete="list"
        aria-label={say("incoming.place")} aria-expanded={count > 0} aria-controls={list}
        aria-activedescendant={count > 0 ? `${list}-${marked}` : undefined}
        placeholder={say("incoming.place_how")} value={typed.value}
        onInput={(event) => look(event.currentTarget.value)} onKeyDown={walk}
      />
      <ul id={list} role="listbox" aria-label={say("incoming.found")} hidden={count === 0}>
        {items.map((item, number) => (
          <li
            key={item.service_point_id} id={`${list}-${number}`} role="option"
            aria-selected={number === marked} onMouseDown={() => choose(number)}
          >
            <b>{addressOf(item)}</b>
            <span>{item.customer ?? ""} {item.phone ?? ""}</span>
            <span class="quiet-text">{item.metres === null ? word("found", item.by) : say("incoming.metres", { metres: item.metres })}</span>
          </li>
        ))}
        {point !== null && (
          <li id={`${list}-${items.length}`} role="option" aria-selected={marked === items.length} onMouseDown={() => choose(items.length)}>
            <b>{say("incoming.point_itself")}</b>
            <span class="quiet-text">{pointTold(point)}</span>
          </li>
        )}
      </ul>
      <p class="quiet-text" role="status">
        {refusal.value}
        {found.value !== null && items.length === 0 && say(point === null ? "incoming.none" : "incoming.none_near")}
        {found.value?.more && say("incoming.more", { shown: items.length })}
      </p>
    </div>
  );
}
