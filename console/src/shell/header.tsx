// The line above every desk: which desks there are, how fresh it all is, what time it is where.
import { signal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { now } from "../facts/house";
import { clockOf, span, zoneOf } from "../facts/times";
import { hearing } from "../live";
import type { Role } from "../shapes";
import { signOut, tokens } from "../sign_in";
import { language, say, speak, word } from "../words";
import { deskAt, desksOf } from "./desks";
import { BASE, path } from "./route";
import { me, take } from "./session";
import { DENSITIES, THEMES, density, paint, space, themeChoice } from "./theme";

const menu = signal(false);
export const helpOpen = signal(false);

export function Freshness() {
  const { state, behind_s, at } = hearing.value;
  const age = at !== null && now.value !== null ? Math.max(0, now.value - Date.parse(at)) : 0;
  const told = state === "behind" ? say("live.behind", { seconds: behind_s }) : say(`live.${state}`);
  return (
    <span class={`fresh ${state}`} role="status" data-live={state}>
      <i aria-hidden="true" />
      {told}
      {state === "disconnected" && at !== null && (
        <> · {say("live.last", { time: clockOf(at) })} ({span(age)})</>
      )}
    </span>
  );
}

export function Clock() {
  if (now.value === null) return null;
  return (
    <time class="clock" aria-live="off">
      <b>{clockOf(now.value)}</b> {zoneOf()}
    </time>
  );
}

function Choice<T extends string>(props: { name: string; of: readonly T[]; now: T; said: (one: T) => string; set: (one: T) => void }) {
  return (
    <label class="choice">
      <span>{props.name}</span>
      <select value={props.now} onChange={(event) => props.set(event.currentTarget.value as T)}>
        {props.of.map((each) => <option value={each} key={each}>{props.said(each)}</option>)}
      </select>
    </label>
  );
}

function Settings() {
  const place = useRef<HTMLDivElement>(null);
  const person = me.value;
  const roles = [...new Set((person?.grants ?? []).map((each) => each.role))];
  useEffect(() => {
    if (!menu.value) return undefined;
    const away = (event: Event) => {
      const outside = event instanceof MouseEvent && !place.current!.contains(event.target as Node);
      if (outside || (event instanceof KeyboardEvent && event.key === "Escape")) menu.value = false;
    };
    addEventListener("mousedown", away);
    addEventListener("keydown", away);
    return () => {
      removeEventListener("mousedown", away);
      removeEventListener("keydown", away);
    };
  }, [menu.value]);
  return (
    <div class="settings" ref={place}>
      <button type="button" aria-expanded={menu.value} onClick={() => (menu.value = !menu.value)} data-settings>
        {person ? person.name || person.subject : say("shell.settings")} <span aria-hidden="true">▾</span>
      </button>
      {menu.value && (
        <div class="sheet">
          {person && roles.length > 1 && (
            <Choice name={say("shell.role")} of={roles} now={person.role} said={(one) => word("role", one)} set={(one: Role) => take(one)} />
          )}
          <Choice name={say("shell.theme")} of={THEMES} now={themeChoice.value} said={(one) => say(`theme.${one}`)} set={paint} />
          <Choice name={say("shell.density")} of={DENSITIES} now={density.value} said={(one) => say(`density.${one}`)} set={space} />
          <Choice name={say("shell.language")} of={["en", "zh"] as const} now={language.value} said={(one) => (one === "en" ? "English" : "简体中文")} set={speak} />
          <a href="/map">{say("shell.map")}</a>
          {tokens.value && <button type="button" onClick={() => void signOut()}>{say("sign_in.out")}</button>}
        </div>
      )}
    </div>
  );
}

export function Header() {
  const person = me.value;
  const open = deskAt(path.value)?.name;
  return (
    <header class="top">
      <a class="skip" href="#desk">{say("shell.skip")}</a>
      <b class="brand">Relight</b>
      {person && (
        <nav class="desks" aria-label={say("shell.desks")}>
          {desksOf(person.role).filter((desk) => !desk.hidden).map((desk) => (
            <a href={`${BASE}/${desk.name}`} aria-current={desk.name === open ? "page" : undefined} key={desk.name}>
              {say(desk.word)}
            </a>
          ))}
        </nav>
      )}
      <span class="right">
        {person && <Freshness />}
        <Clock />
        {person && <span class="who">{word("role", person.role)}</span>}
        <button type="button" class="quiet" aria-label={say("help.title")} onClick={() => (helpOpen.value = true)} data-help>?</button>
        <Settings />
      </span>
    </header>
  );
}
