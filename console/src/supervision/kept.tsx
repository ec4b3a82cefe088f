// Promises kept today and in the month by area class, and how much time those still owed have left.
import { signal } from "@preact/signals";
import { now } from "../facts/house";
import { isBroken, leftOf } from "../facts/standing";
import { facts } from "../facts/store";
import { zoneOf } from "../facts/times";
import type { Schemas } from "../shapes";
import { named, say, word } from "../words";
import { districts } from "../facts/store";
import { Bars } from "./bars";
import { useRead } from "./read";

type Month = Schemas["Month"];
const BACK = 6;
const chosen = signal<string | null>(null);
const EVERY_MS = 60_000;

/** The local date of the house clock, as 2026-03-02. */
function today(): string | null {
  if (now.value === null) return null;
  return new Intl.DateTimeFormat("en-CA", { timeZone: zoneOf(), year: "numeric", month: "2-digit", day: "2-digit" }).format(now.value);
}

function months(from: string): string[] {
  const [year, month] = from.split("-").map(Number) as [number, number];
  return Array.from({ length: BACK }, (_, n) => {
    const first = new Date(Date.UTC(year, month - 1 - n, 1));
    return first.toISOString().slice(0, 7);
  });
}

function Mean({ mean }: { mean: Schemas["MonthLine"]["arrival"] }) {
  if (mean.minutes === null) return <>–</>;
  return (
    <span class={mean.kept === false ? "is-danger" : ""}>
      {say("supervision.minutes", { m: Math.round(mean.minutes) })}
      {mean.promised !== null && <small>{say("supervision.promised_mean", { m: mean.promised })}</small>}
    </span>
  );
}

const HEADS = ["area", "ceiling", "cases", "on_time", "late", "share", "mean_arrival", "mean_restoration", "open", "open_late"] as const;

function Line({ line }: { line: Schemas["MonthLine"] }) {
  return (
    <tr data-area={line.area_class}>
      <th scope="row">{word("area_class", line.area_class)}<small>{line.policy.name} {line.policy.version}</small></th>
      <td class="number">{say("supervision.minutes", { m: line.ceiling_min })}</td>
      <td class="number">{line.cases}</td>
      <td class="number">{line.on_time}</td>
      <td class={line.late > 0 ? "number is-danger" : "number"}>{line.late}{line.never_came > 0 && <small>{say("supervision.never_came", { n: line.never_came })}</small>}</td>
      <td class="number"><b>{line.cases === 0 ? "–" : line.share}</b></td>
      <td class="number"><Mean mean={line.arrival} /></td>
      <td class="number"><Mean mean={line.restoration} /></td>
      <td class="number">{line.open}</td>
      <td class={line.open_late > 0 ? "number is-danger" : "number"}>{line.open_late}</td>
    </tr>
  );
}

function Table({ title, read }: { title: string; read: { found: Month | null; fault: string | null } }) {
  const rows = read.found?.districts ?? [];
  const many = districts.value.length > 1;
  return (
    <>
      <h2>{title}</h2>
      {read.fault !== null && <p role="alert">{read.fault}</p>}
      {read.found === null ? <p>{say("loading")}</p> : rows.every((each) => each.lines.length === 0) ? <p class="quiet-text">{say("supervision.no_orders")}</p> : (
        <table class="sheet-table">
          <thead><tr>{HEADS.map((each) => <th scope="col" class={each === "area" ? "" : "number"} key={each}>{say(`supervision.${each}`)}</th>)}</tr></thead>
          {rows.filter((each) => each.lines.length > 0).map((each) => (
            <tbody key={each.district}>
              {many && <tr class="group"><th scope="rowgroup" colSpan={HEADS.length}>{named(districts.value.find((one) => one.id === each.district)?.name ?? { en: each.district, zh: each.district })}</th></tr>}
              {each.lines.map((line) => <Line key={`${line.area_class} ${line.policy.digest}`} line={line} />)}
            </tbody>
          ))}
        </table>
      )}
    </>
  );
}

const EDGES = [-60, 0, 15, 30, 60, 120] as const;

/** How many arrivals are still owed, by the minutes that are left for them. */
function owed(): { name: string; n: number }[] {
  const counts = new Array<number>(EDGES.length + 1).fill(0);
  const at = now.value ?? 0;
  for (const outage of facts.outage.value.values()) {
    const left = leftOf(outage, at);
    if (left === null) continue;
    const place = EDGES.findIndex((edge) => left / 60_000 < edge);
    counts[place < 0 ? EDGES.length : place]!++;
  }
  const names = [
    say("supervision.late_more", { m: 60 }), say("supervision.late_some", { m: 60 }),
    ...EDGES.slice(2).map((edge, n) => say("supervision.within", { from: EDGES[n + 1]!, to: edge })), say("supervision.beyond", { m: 120 }),
  ];
  return counts.map((n, place) => ({ name: names[place]!, n }));
}

export function Kept() {
  const date = today();
  const at = now.value ?? 0;
  const month = chosen.value ?? date?.slice(0, 7) ?? null;
  const minute = Math.floor(at / EVERY_MS);
  const day = useRead<Month>(date === null ? null : `/v1/commitments?month=${date.slice(0, 7)}&day=${Number(date.slice(8))}`, minute);
  const whole = useRead<Month>(month === null ? null : `/v1/commitments?month=${month}`, minute);
  const broken = [...facts.outage.value.values()].filter((each) => isBroken(each, at)).length;
  return (
    <>
      <p class="lead" role="status">{say("supervision.lead", { open: facts.outage.value.size, broken })}</p>
      <div class="halves">
        <div>
          <Table title={say("supervision.today", { date: date ?? "" })} read={day} />
          <h2 class="with-choice">{say("supervision.month")}{" "}
            <select aria-label={say("supervision.month")} value={month ?? ""} onChange={(event) => (chosen.value = event.currentTarget.value)}>
              {date !== null && months(date).map((each) => <option value={each} key={each}>{each}</option>)}
            </select>
          </h2>
          <Table title="" read={whole} />
        </div>
        <Bars title={say("supervision.owed")} what={say("supervision.orders")} rows={owed()} />
      </div>
    </>
  );
}
