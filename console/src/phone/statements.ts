// What the crew states: numbered by this phone, so that a repeated press or sending changes nothing.
import { signal } from "@preact/signals";
import { Problem, send } from "../api";
import { houseAt } from "../facts/house";
import type { Place, Schemas } from "../shapes";
import { me } from "../shell/session";
import { say, word } from "../words";

interface Statement {
  path: string;
  kind: string;
  body: Record<string, unknown>;
}
type Fields = Record<string, unknown>;

const FIX_MS = 4000;
const TURNS = 20;
const AGAIN_MS = 15_000;
// Worth another try: the line, the sign-in, the rate, or our own side.
const AGAIN = new Set([401, 408, 429]);
/** A statement that is not known to have arrived; it is sent again as it is, under its own number. */
export const waiting = signal<Statement | null>(null);
export const sending = signal(false);
export const news = signal<{ text: string; fault: boolean } | null>(null);

export function device(): string {
  const known = localStorage.getItem("relight.device") ?? `phone-${crypto.randomUUID()}`;
  localStorage.setItem("relight.device", known);
  return known;
}

export function nextNumber(): number {
  const number = Number(localStorage.getItem("relight.device_seq") ?? "0") + 1;
  localStorage.setItem("relight.device_seq", String(number));
  return number;
}

/** A statement belongs to its crew: nobody else who signs in here sends it. */
function shelf(): string {
  return `relight.statement.${me.value?.crew ?? ""}`;
}

function keep(statement: Statement | null): void {
  if (statement === null) localStorage.removeItem(shelf());
  else localStorage.setItem(shelf(), JSON.stringify(statement));
  waiting.value = statement;
}

/** Where the phone is, if it says so soon; a statement never waits long for that. */
export function here(): Promise<Place["coordinates"] | null> {
  if (!("geolocation" in navigator)) return Promise.resolve(null);
  return new Promise((tell) => {
    const timer = setTimeout(() => tell(null), FIX_MS);
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        clearTimeout(timer);
        tell([coords.longitude, coords.latitude]);
      },
      () => {
        clearTimeout(timer);
        tell(null);
      },
      { enableHighAccuracy: true, maximumAge: 15_000, timeout: FIX_MS },
    );
  });
}

function happened(): string | undefined {
  const at = houseAt(performance.now());
  return at === null ? undefined : new Date(at).toISOString();
}

/** State something once; while one is under way every other press is passed over. */
export async function state(outage: string, kind: string, task: string | null, fields: Fields = {}): Promise<boolean> {
  if (sending.value || waiting.value !== null) return false;
  sending.value = true;
  news.value = null;
  // The number is taken and kept before anything is asked of the line.
  const at = happened();
  const position = await here();
  const body = {
    kind, id: `phone-${crypto.randomUUID()}`, device: device(), device_seq: nextNumber(),
    ...(task === null ? {} : { task }), ...(at === undefined ? {} : { occurred_at: at }),
    ...(position === null ? {} : { position }), ...fields,
  };
  keep({ path: `/v1/outages/${encodeURIComponent(outage)}/actions`, kind, body });
  return sendKept();
}

/** Whether what failed so may go through later as it is. */
export function worthAgain(fault: unknown): boolean {
  return !(fault instanceof Problem) || fault.status >= 500 || AGAIN.has(fault.status);
}

/** Send what an earlier visit left, and again now and then and when the line is back; return what ends that. */
export function keepStating(sent: () => void): () => void {
  waiting.value = JSON.parse(localStorage.getItem(shelf()) ?? "null") as Statement | null;
  const go = () => {
    if (waiting.value !== null && !sending.value) void sendKept().then((arrived) => arrived && sent());
  };
  go();
  addEventListener("online", go);
  const timer = setInterval(go, AGAIN_MS);
  return () => {
    removeEventListener("online", go);
    clearInterval(timer);
    waiting.value = null;
  };
}

export async function sendKept(): Promise<boolean> {
  const statement = waiting.value;
  if (statement === null) return false;
  sending.value = true;
  try {
    await tellIt(statement);
    keep(null);
    const placed = "position" in statement.body;
    news.value = { text: say(placed ? "phone.stated" : "phone.stated_unplaced", { what: word("move", statement.kind) }), fault: false };
    return true;
  } catch (fault) {
    const refused = !worthAgain(fault);
    if (refused) keep(null);
    news.value = { text: refused ? (fault as Problem).message : say("phone.not_sent", { what: word("move", statement.kind) }), fault: true };
    return false;
  } finally {
    sending.value = false;
  }
}

async function tellIt(statement: Statement): Promise<void> {
  for (let turn = 0; ; turn++) {
    try {
      await send<Schemas["ActionDone"]>(statement.path, statement.body);
      return;
    } catch (fault) {
      if (!(fault instanceof Problem && fault.code === "outcome_pending" && turn < TURNS)) throw fault;
      await new Promise((on) => setTimeout(on, 1000));
    }
  }
}
