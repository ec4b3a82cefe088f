// The page: header, map, and the tables that hold the same.
import { signal } from "@preact/signals";
import { render } from "preact";
import { useEffect } from "preact/hooks";
import { Problem, ask } from "../api";
import { feed } from "../facts/feed";
import { hearing } from "../live";
import type { Me } from "../shapes";
import { signIn, signOut, tokens } from "../sign_in";
import "../style.css";
import { language, named, say, speak, word } from "../words";
import { Chart, baseFault, fly, noGl } from "./chart";
import { Closures } from "./closures";
import { Legend } from "./legend";
import { paint, theme } from "./palette";
import { Crews, Detail, Outages } from "./tables";
import { clockOf, zoneOf } from "./times";
import * as world from "./world";

const TABS = ["outages", "crews", "closures", "legend"] as const;
const tab = signal<(typeof TABS)[number]>("outages");
const mayNot = signal(false);

async function enter(): Promise<(() => void) | undefined> {
  try {
    world.me.value = await ask<Me>("/v1/me");
  } catch (fault) {
    if (fault instanceof Problem && fault.status === 401) tokens.value = null;
    else world.fault.value = fault instanceof Error ? fault.message : String(fault);
    return undefined;
  }
  if (world.me.value.role === "customer") {
    mayNot.value = true;
    return undefined;
  }
  return feed(world.KINDS);
}

function Freshness() {
  const { state, behind_s, at } = hearing.value;
  const told = state === "behind" ? say("live.behind", { seconds: behind_s }) : say(`live.${state}`);
  return (
    <span class={`fresh ${state}`} role="status" data-live={state}>
      <i aria-hidden="true" />
      {told}
      {state === "disconnected" && at !== null && ` · ${say("live.last", { time: clockOf(at) })}`}
    </span>
  );
}

function Header() {
  const { at } = hearing.value;
  const person = world.me.value;
  return (
    <header class="top">
      <h1><b>Relight</b> <span>{say("title")}</span></h1>
      {person && !mayNot.value && <Freshness />}
      {at !== null && <time class="clock">{say("clock", { time: clockOf(at), zone: zoneOf() })}</time>}
      <nav>
        {person && <span class="who">{person.name || person.subject} · {word("role", person.role)}</span>}
        <button type="button" onClick={() => paint(theme.value === "dark" ? "light" : "dark")} data-theme-switch>
          {say(theme.value === "dark" ? "theme.light" : "theme.dark")}
        </button>
        <button type="button" onClick={() => speak(language.value === "zh" ? "en" : "zh")} data-language-switch>
          {say("language")}
        </button>
        {tokens.value && <button type="button" onClick={() => void signOut()}>{say("sign_in.out")}</button>}
      </nav>
    </header>
  );
}

function Notices() {
  const here = world.told.value;
  const told = [
    world.fault.value !== null && say("fault.load", { reason: world.fault.value }),
    baseFault.value !== null && say("fault.base", { reason: baseFault.value }),
    noGl.value && say("fault.map"),
    here !== null && here.land === null && here.base === null && say("map.no_land"),
  ].filter((each) => each !== false);
  return <>{told.map((each) => <p class="notice" role="status" key={each}>{each}</p>)}</>;
}

function Panel() {
  const { at } = hearing.value;
  const districts = world.told.value?.districts ?? [];
  return (
    <aside class="panel">
      <div class="tabs" role="tablist">
        {TABS.map((each) => (
          <button
            type="button"
            role="tab"
            id={`tab-${each}`}
            aria-controls="listed"
            aria-selected={tab.value === each}
            onClick={() => (tab.value = each)}
            key={each}
          >
            {say(`tab.${each}`)}
          </button>
        ))}
      </div>
      <Notices />
      <Detail at={at} />
      <div class="listed" id="listed" role="tabpanel" aria-labelledby={`tab-${tab.value}`} tabIndex={0}>
        {tab.value === "outages" && <Outages at={at} />}
        {tab.value === "crews" && <Crews />}
        {tab.value === "closures" && <Closures at={at} />}
        {tab.value === "legend" && <Legend />}
      </div>
      <footer class="count">{districts.map((each) => named(each.name)).join(" · ")}</footer>
    </aside>
  );
}

function Stranger() {
  return (
    <main class="stranger">
      <p>{say("sign_in.wanted")}</p>
      <button type="button" class="chief" onClick={() => void signIn()}>{say("sign_in.go")}</button>
    </main>
  );
}

function Page() {
  const known = tokens.value !== null;
  useEffect(() => {
    if (!known) return undefined;
    let leave: (() => void) | undefined;
    let left = false;
    void enter().then((end) => (left ? end?.() : (leave = end)));
    return () => {
      left = true;
      leave?.();
    };
  }, [known]);
  document.title = `${say("title")} – Relight`;
  if (!known) return <><Header /><Stranger /></>;
  if (mayNot.value) {
    const role = word("role", world.me.value?.role ?? "");
    return <><Header /><main class="stranger"><p>{say("sign_in.not_for_you", { role })}</p></main></>;
  }
  if (!world.loaded.value)
    return <><Header /><main class="stranger"><Notices /><p>{say("loading")}</p></main></>;
  return (
    <>
      <Header />
      <main class="room">
        <div class="ground">
          <Chart />
          <button type="button" class="around" onClick={() => fly(null)}>{say("map.around")}</button>
        </div>
        <Panel />
      </main>
    </>
  );
}

render(<Page />, document.getElementById("page")!);
