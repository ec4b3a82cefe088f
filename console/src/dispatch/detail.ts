// Everything about the chosen outage, read anew whenever its row was told again.
import { effect, signal } from "@preact/signals";
import { Problem, ask } from "../api";
import { facts } from "../facts/store";
import { counted } from "../photos/photos";
import type { OutageWhole, Report, Schemas } from "../shapes";
import { say } from "../words";
import { selected } from "./chosen";

export interface Detail {
  id: string;
  outage: OutageWhole;
  reports: Report[];
  moreReports: boolean;
  story: Schemas["Line"][];
  moreStory: boolean;
}
export const detail = signal<Detail | null>(null);
export const detailFault = signal<string | null>(null);

const MOST = 100;
let asked = "";

async function read(id: string, seq: number): Promise<void> {
  const path = `/v1/outages/${encodeURIComponent(id)}`;
  try {
    const [outage, reports, story] = await Promise.all([
      ask<OutageWhole>(`${path}?min_seq=${seq}`),
      ask<Schemas["Page_ReportShown_"]>(`/v1/reports?outage=${encodeURIComponent(id)}&limit=${MOST}`),
      ask<Schemas["Story"]>(`${path}/timeline?limit=200`),
    ]);
    if (selected.peek()?.id !== id) return;
    detail.value = {
      id, outage, reports: reports.items, moreReports: reports.next_cursor !== null,
      story: story.items, moreStory: story.next_cursor !== null,
    };
    detailFault.value = null;
  } catch (fault) {
    asked = "";
    if (selected.peek()?.id !== id) return;
    detailFault.value = fault instanceof Problem && fault.message ? fault.message : say("toast.no_line");
  }
}

export function keepDetail(): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const end = effect(() => {
    const chosen = selected.value;
    if (chosen?.kind !== "outage") {
      detail.value = null;
      detailFault.value = null;
      asked = "";
      return;
    }
    const row = facts.outage.value.get(chosen.id);
    const wanted = `${chosen.id} ${row?.seq ?? 0} ${row?.reports ?? 0} ${counted.value.get(chosen.id) ?? 0}`;
    if (wanted === asked) return;
    const other = detail.peek()?.id !== chosen.id;
    asked = wanted;
    clearTimeout(timer);
    timer = setTimeout(() => void read(chosen.id, row?.seq ?? 0), other ? 0 : 300);
  });
  return () => {
    clearTimeout(timer);
    end();
  };
}
