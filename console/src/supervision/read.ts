// What a part of the desk reads from the interface: once when it opens, and again when it is asked to.
import { useEffect, useState } from "preact/hooks";
import { Problem, ask } from "../api";
import { language, say } from "../words";

export interface Read<T> {
  found: T | null;
  fault: string | null;
}

/** Read an address, and again whenever it or the language is another; null reads nothing. */
export function useRead<T>(path: string | null, again: unknown = 0): Read<T> {
  const [held, hold] = useState<Read<T>>({ found: null, fault: null });
  useEffect(() => {
    if (path === null) return undefined;
    let left = false;
    ask<T>(path).then(
      (found) => left || hold({ found, fault: null }),
      (error) => left || hold((before) => ({ ...before, fault: error instanceof Problem && error.message ? error.message : say("toast.no_line") })),
    );
    return () => {
      left = true;
    };
  }, [path, language.value, again]);
  return held;
}
