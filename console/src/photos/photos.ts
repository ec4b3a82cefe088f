// The photos of one outage, read anew whenever it was told again, and their pictures, held while shown.
import { signal } from "@preact/signals";
import { useEffect, useState } from "preact/hooks";
import { Problem, all, open } from "../api";
import type { Schemas } from "../shapes";
import { me } from "../shell/session";
import { say } from "../words";

export type Photo = Schemas["PhotoShown"];
export interface Found {
  items: readonly Photo[];
  whole: boolean;
  /** Why there is nothing to see, as the api says it. */
  why: string | null;
}

const MOST = 200;
const NONE: Found = { items: [], whole: true, why: null };
/** How many photos of which outage were seen last: what tells of them is read anew when that changes. */
export const counted = signal<ReadonlyMap<string, number>>(new Map());

async function read(outage: string): Promise<Found> {
  try {
    const found = await all<Photo>(`/v1/outages/${encodeURIComponent(outage)}/photos`, MOST);
    if (counted.peek().get(outage) !== found.items.length) counted.value = new Map(counted.peek()).set(outage, found.items.length);
    return { ...found, why: null };
  } catch (fault) {
    return { ...NONE, why: fault instanceof Problem && fault.message ? fault.message : say("toast.no_line") };
  }
}

/** Who calls the reporters looks when none of them is left to be asked: the crew does not lead. */
export function mayLook(owed: number): boolean {
  const role = me.value?.role;
  return role !== "call_taker" && (role !== "callback_agent" || owed === 0);
}

/** Keep the photos of an outage; `version` changes when there may be others, `owed` are reports without an outcome. Null while they are read. */
export function usePhotos(outage: string, version: unknown, owed: number): Found | null {
  const may = outage !== "" && mayLook(owed);
  const [found, setFound] = useState<{ of: string; what: Found } | null>(null);
  useEffect(() => {
    if (!may) return undefined;
    let ended = false;
    const timer = setTimeout(() => void read(outage).then((what) => !ended && setFound({ of: outage, what })), found?.of === outage ? 300 : 0);
    return () => {
      ended = true;
      clearTimeout(timer);
    };
  }, [outage, version, may]);
  return found?.of === outage ? found.what : null;
}

/** The address of a picture in this page, once it is there; "" when it cannot be had. */
export function usePicture(path: string): string | null {
  const [source, setSource] = useState<string | null>(null);
  useEffect(() => {
    let here: string | null = null;
    let ended = false;
    setSource(null);
    open(path)
      .then((told) => told.blob())
      .then((picture) => {
        if (ended) return;
        here = URL.createObjectURL(picture);
        setSource(here);
      })
      .catch(() => !ended && setSource(""));
    return () => {
      ended = true;
      if (here !== null) URL.revokeObjectURL(here);
    };
  }, [path]);
  return source;
}
