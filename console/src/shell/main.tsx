// The console: who is here, the line above, and the desk that is open.
import { signal } from "@preact/signals";
import { render, type ComponentType } from "preact";
import { useEffect } from "preact/hooks";
import "@fontsource/noto-sans/latin-400.css";
import "@fontsource/noto-sans/latin-600.css";
import "@fontsource/noto-sans/latin-700.css";
import { fault } from "../facts/feed";
import { loaded } from "../facts/store";
import type { Role } from "../shapes";
import { signIn, tokens } from "../sign_in";
import "../style.css";
import { say, word } from "../words";
import "./console.css";
import { deskAt, desksOf, homeOf, type Desk } from "./desks";
import { Header, helpOpen } from "./header";
import { Help } from "./help";
import { useKeys } from "./keys";
import { BASE, followed, go, path } from "./route";
import { attend, me, wish } from "./session";
import { Toasts } from "./toasts";

const opened = signal<ReadonlyMap<string, ComponentType>>(new Map());
const broken = signal(false);

async function bring(desk: Desk): Promise<void> {
  try {
    const found = await desk.open();
    opened.value = new Map(opened.value).set(desk.name, found.default);
    broken.value = false;
  } catch {
    // A newer console was installed meanwhile, or the line is down: a fresh load mends both.
    broken.value = true;
  }
}

function Message({ children }: { children: preact.ComponentChildren }) {
  return <main class="stranger" id="desk">{children}</main>;
}

function DeskPlace({ role }: { role: Role }) {
  const desk = deskAt(path.value);
  const allowed = desk?.roles.includes(role) ?? false;
  useEffect(() => {
    if (path.value === "") go(homeOf(role), true);
  }, [path.value]);
  useEffect(() => {
    if (desk === undefined || !allowed) return;
    wish(desk.facts ?? []);
    document.title = `${say(desk.word)} – Relight`;
    if (!opened.value.has(desk.name)) void bring(desk);
  }, [desk, allowed]);
  if (path.value === "") return null;
  if (desk === undefined) return <Message><p>{say("shell.no_desk")}</p><a href={`${BASE}/${homeOf(role)}`}>{say("shell.home")}</a></Message>;
  if (!allowed) return <Message><p>{say("shell.not_yours", { role: word("role", role) })}</p><a href={`${BASE}/${homeOf(role)}`}>{say("shell.home")}</a></Message>;
  if (broken.value) return <Message><p role="alert">{say("shell.broken")}</p><button type="button" class="chief" onClick={() => location.reload()}>{say("shell.reload")}</button></Message>;
  const Found = opened.value.get(desk.name);
  if (!loaded.value || Found === undefined)
    return <Message>{fault.value !== null ? <p role="alert">{say("fault.load", { reason: fault.value })}</p> : <p>{say("loading")}</p>}</Message>;
  return (
    <main class={`desk ${desk.name}`} id="desk" tabIndex={-1} data-desk={desk.name}>
      {fault.value !== null && <p class="notice" role="status">{say("fault.load", { reason: fault.value })}</p>}
      <Found />
    </main>
  );
}

function Everywhere({ role }: { role: Role }) {
  const known = desksOf(role);
  useKeys("keys.everywhere", [
    { key: "?", word: "help.title", run: () => (helpOpen.value = true) },
    ...known.filter((desk) => !desk.hidden).map((desk) => ({
      key: `g ${desk.name[0] === "c" ? (desk.name === "crews" ? "w" : "c") : desk.name[0]}`,
      word: desk.word,
      run: () => go(desk.name),
    })),
  ]);
  return null;
}

function Console() {
  const person = me.value;
  useEffect(() => {
    document.addEventListener("click", followed);
    return () => document.removeEventListener("click", followed);
  }, []);
  if (tokens.value === null)
    return <><Header /><Message><p>{say("sign_in.wanted")}</p><button type="button" class="chief" onClick={() => void signIn()}>{say("sign_in.go")}</button></Message></>;
  if (person === null)
    return <><Header /><Message><p>{fault.value === null ? say("loading") : say("fault.load", { reason: fault.value })}</p></Message></>;
  if (person.role === "customer" || person.role === "crew")
    return (
      <><Header /><Message>
        <p>{say("sign_in.not_for_you", { role: word("role", person.role) })}</p>
        {person.role === "crew" && <a href="/crew">{say("shell.crew_page")}</a>}
      </Message></>
    );
  return (
    <>
      <Header />
      <Everywhere role={person.role} />
      <DeskPlace role={person.role} />
      <Toasts />
      {helpOpen.value && <Help onClose={() => (helpOpen.value = false)} />}
    </>
  );
}

attend();
render(<Console />, document.getElementById("page")!);
