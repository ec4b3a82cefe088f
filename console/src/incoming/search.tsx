// Finding the caller's home by typing: a list that is walked with the arrow keys.
import { useSignal } from "@preact/signals";
import { useEffect, useId, useRef } from "preact/hooks";
import { ask } from "../api";
import type { HomeFound } from "../shapes";
import { language, say, word } from "../words";
import { at, home } from "./call";

const WAIT_MS = 150;

export function addressOf(found: { address: string; address_en: string }): string {
  return language.value === "zh" ? found.address : found.address_en;
}

export function Search() {
  const typed = useSignal("");
  const found = useSignal<{ items: HomeFound[]; more: boolean } | null>(null);
  const marked = useSignal(0);
  const turn = useRef(0);
  const box = useRef<HTMLInputElement>(null);
  const list = useId();
  useEffect(() => {
    if (home.value === null) {
      typed.value = "";
      box.current?.focus();
    }
  }, [home.value]);
  const look = (text: string) => {
    typed.value = text;
    const mine = ++turn.current;
    if (text.trim().length < 2) return void (found.value = null);
    setTimeout(() => {
      if (mine !== turn.current) return;
      ask<{ items: HomeFound[]; more: boolean }>(`/v1/places?q=${encodeURIComponent(text)}`).then(
        (told) => {
          if (mine !== turn.current) return;
          found.value = told;
          marked.value = 0;
        },
        () => void (found.value = null),
      );
    }, WAIT_MS);
  };
  const choose = (item: HomeFound | undefined) => {
    if (item === undefined) return;
    turn.current += 1;
    found.value = null;
    at(item);
  };
  const items = found.value?.items ?? [];
  const walk = (event: KeyboardEvent) => {
    if (event.key === "ArrowDown") marked.value = Math.min(items.length - 1, marked.value + 1);
    else if (event.key === "ArrowUp") marked.value = Math.max(0, marked.value - 1);
    else if (event.key === "Enter" && !event.ctrlKey) choose(items[marked.value]);
    else if (event.key === "Escape") found.value = null;
    else return;
    event.preventDefault();
  };
  if (home.value !== null) {
    const here = home.value;
    return (
      <p class="here" data-place={here.service_point_id}>
        <b>{addressOf(here)}</b> <span class="quiet-text">{here.service_point_id} · {here.transformer}</span>
        {here.key_class !== null && <span class="tag key">{say("incoming.key_customer", { name: here.key_class })}</span>}
        <button type="button" onClick={() => at(null)}>{say("incoming.other_place")}</button>
      </p>
    );
  }
  return (
    <div class="search">
      <input
        ref={box} type="text" role="combobox" autocomplete="off" aria-autocomplete="list"
        aria-label={say("incoming.place")} aria-expanded={items.length > 0} aria-controls={list}
        aria-activedescendant={items.length > 0 ? `${list}-${marked.value}` : undefined}
        placeholder={say("incoming.place_how")} value={typed.value}
        onInput={(event) => look(event.currentTarget.value)} onKeyDown={walk}
      />
      <ul id={list} role="listbox" aria-label={say("incoming.found")} hidden={items.length === 0}>
        {items.map((item, number) => (
          <li
            key={item.service_point_id} id={`${list}-${number}`} role="option"
            aria-selected={number === marked.value} onMouseDown={() => choose(item)}
          >
            <b>{addressOf(item)}</b>
            <span>{item.customer ?? ""} {item.phone ?? ""}</span>
            <span class="quiet-text">{word("found", item.by)}</span>
          </li>
        ))}
      </ul>
      <p class="quiet-text" role="status">
        {found.value !== null && items.length === 0 && say("incoming.none")}
        {found.value?.more && say("incoming.more", { shown: items.length })}
      </p>
    </div>
  );
}
