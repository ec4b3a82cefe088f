// Following the live feed by the five rules of docs/live.md.
import { signal } from "@preact/signals";
import { Problem, open } from "./api";
import type { Told } from "./shapes";

export interface Hearing {
  state: "connecting" | "live" | "behind" | "disconnected";
  behind_s: number;
  /** The house time of the last news. */
  at: string | null;
}

export const hearing = signal<Hearing>({ state: "connecting", behind_s: 0, at: null });

export interface Follower {
  /** Read the lists anew; what is told after this comes on top. */
  begin: () => Promise<void>;
  take: (told: Told) => void;
  /** The sign-in does not hold any more. */
  ended: () => void;
}

const SLOW_S = 3;
const LONGEST_PAUSE_S = 30;

export function follow(path: string, follower: Follower): () => void {
  const stop = new AbortController();
  const line = new Line(path, follower, stop.signal);
  void line.run();
  const clock = setInterval(() => line.look(), 1000);
  return () => {
    clearInterval(clock);
    stop.abort();
  };
}

class Line {
  private last: string | null = null;
  private heartbeatS = 12;
  private behindS = 0;
  private heard = 0;
  private connected = false;
  private current = new AbortController();

  constructor(
    private readonly path: string,
    private readonly follower: Follower,
    private readonly stopped: AbortSignal,
  ) {}

  async run(): Promise<void> {
    let pause = 1;
    while (!this.stopped.aborted) {
      const begun = Date.now();
      try {
        if (!(await this.listen())) return;
      } catch (fault) {
        if (fault instanceof Problem && fault.status === 401 && fault.code === "token_missing") {
          this.follower.ended();
          return;
        }
        if (fault instanceof Problem && fault.code === "since_invalid") this.last = null;
      }
      this.connected = false;
      this.look();
      if (Date.now() - begun > 30_000) pause = 1;
      // Not all at once after an api came back.
      await new Promise((on) => setTimeout(on, pause * 1000 * (0.5 + Math.random() / 2)));
      pause = Math.min(LONGEST_PAUSE_S, pause * 2);
    }
  }

  /** Listen until the stream ends; false when it need not be opened again. */
  private async listen(): Promise<boolean> {
    this.current = new AbortController();
    const signal = AbortSignal.any([this.stopped, this.current.signal]);
    const headers: Record<string, string> = { Accept: "text/event-stream" };
    if (this.last !== null) headers["Last-Event-ID"] = this.last;
    const told = await open(this.path, { headers, signal });
    const reader = told.body!.pipeThrough(new TextDecoderStream()).getReader();
    this.connected = true;
    this.heard = Date.now();
    let rest = "";
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return true;
      this.heard = Date.now();
      const blocks = (rest + value.replace(/\r\n/g, "\n")).split("\n\n");
      rest = blocks.pop()!;
      for (const block of blocks) if (!(await this.take(block))) return false;
    }
  }

  private async take(block: string): Promise<boolean> {
    const fields = block.split("\n");
    const data = fields.filter((each) => each.startsWith("data:")).map((each) => each.slice(5));
    if (data.length === 0) return true;
    const told = JSON.parse(data.join("\n")) as Told;
    if (told.event === "sign_in_again") {
      // A token that ran out is renewed by the next try; anything else ends there.
      return true;
    }
    if (told.event === "hello" || told.event === "resync") await this.follower.begin();
    else this.follower.take(told);
    if (told.event === "hello") this.heartbeatS = told.heartbeat_s;
    if (told.event === "heartbeat") this.behindS = told.behind_s;
    const id = fields.find((each) => each.startsWith("id:"));
    if (id !== undefined) this.last = id.slice(3).trim();
    this.look("at" in told ? told.at : null);
    return true;
  }

  /** Say how fresh everything is; a line that fell silent is opened anew. */
  look(at: string | null = null): void {
    const silentS = (Date.now() - this.heard) / 1000;
    if (this.connected && silentS > this.heartbeatS * 2.5) {
      this.connected = false;
      this.current.abort();
    }
    const lateS = silentS > this.heartbeatS * 1.25 ? silentS : 0;
    const behind_s = Math.round(Math.max(this.behindS, lateS));
    const state = this.connected ? (behind_s >= SLOW_S ? "behind" : "live") : "disconnected";
    const before = hearing.value;
    if (this.heard === 0 && before.state === "connecting" && !this.connected) return;
    hearing.value = { state, behind_s, at: at ?? before.at };
  }
}
