// How often a map is drawn anew: as often as leaves the page time for everything else.
import type { Map as GlMap } from "maplibre-gl";

const LEAST_MS = 150;
const MOST_MS = 1500;
/** Between two drawings there are so many times as long for everything else. */
const REST = 4;

export interface Pace {
  /** Draw this soon, once, however often it is wished for meanwhile. */
  soon: (draw: () => void) => void;
  /** Draw what waits at once: somebody has asked for it and looks. */
  now: () => void;
  end: () => void;
}

/** Without a graphics card a frame takes a tenth of a second and more, and nothing else is done meanwhile. */
export function paceOf(on: GlMap): Pace {
  const waiting = new Set<() => void>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let begun: number | null = null;
  let ended = false;
  const draw = () => {
    clearTimeout(timer);
    timer = undefined;
    begun ??= performance.now();
    for (const each of waiting) each();
    waiting.clear();
    wait(MOST_MS);
  };
  const wait = (ms: number) => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      timer = undefined;
      if (waiting.size > 0) draw();
    }, ms);
  };
  const rest = () => {
    if (begun === null || ended) return;
    const pause = Math.min(MOST_MS, Math.max(LEAST_MS, (performance.now() - begun) * REST));
    begun = null;
    wait(pause);
  };
  // The frame itself is made after the map has said that it is idle.
  const drawn = () => void requestAnimationFrame(() => setTimeout(rest));
  on.on("idle", drawn);
  return {
    soon: (work) => {
      waiting.add(work);
      if (timer === undefined) wait(LEAST_MS);
    },
    now: draw,
    end: () => {
      ended = true;
      clearTimeout(timer);
      on.off("idle", drawn);
    },
  };
}
