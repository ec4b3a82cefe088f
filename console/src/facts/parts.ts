// How many of which parts, in words.
import { say, word } from "../words";

export function partsTold(parts: Record<string, number>): string {
  return Object.entries(parts).map(([part, count]) => `${word("code", part)} × ${count}`).join(say("comma")) || "–";
}
