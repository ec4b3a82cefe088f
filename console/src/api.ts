// Asking the api: with a token that holds, in the reader's language.
import { freshToken, refused } from "./sign_in";
import { language } from "./words";

/** The grant that is to be in force, where somebody holds more than one. */
let grant: string | null = null;

export function actAs(role: string | null): void {
  grant = role;
}

export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    detail: string,
    /** The whole answer: a 412 holds what stands now. */
    readonly said: Record<string, unknown> = {},
  ) {
    super(detail);
  }
}

export async function open(path: string, more: RequestInit = {}): Promise<Response> {
  const token = await freshToken();
  if (token === null) throw new Problem(401, "token_missing", "");
  const headers = {
    Authorization: `Bearer ${token}`,
    "Accept-Language": language.value,
    ...(grant === null ? {} : { "Relight-Role": grant }),
    ...(more.headers as Record<string, string> | undefined),
  };
  const told = await fetch(path, { ...more, headers });
  if (told.ok) return told;
  if (told.status === 401) refused(token);
  const said = await told.json().catch(() => ({}));
  throw new Problem(told.status, said.code ?? "", said.detail ?? `HTTP ${told.status}`, said);
}

export async function ask<T>(path: string): Promise<T> {
  return (await open(path)).json() as Promise<T>;
}

/** Send a body; `more` are headers such as If-Match. */
export async function send<T>(
  path: string,
  body: unknown,
  more: Record<string, string> = {},
  method = "POST",
): Promise<T> {
  const headers = { "Content-Type": "application/json", ...more };
  const told = await open(path, { method, headers, body: JSON.stringify(body) });
  return (told.status === 204 ? undefined : await told.json()) as T;
}

interface Page<T> {
  items: T[];
  next_cursor: string | null;
}

/** Read a list to its end, or to so many rows; `whole` tells which. */
export async function all<T>(path: string, most: number): Promise<{ items: T[]; whole: boolean }> {
  const items: T[] = [];
  let cursor: string | null = null;
  do {
    const joint = path.includes("?") ? "&" : "?";
    const go: string = cursor === null ? "" : `&cursor=${encodeURIComponent(cursor)}`;
    const page: Page<T> = await ask(`${path}${joint}limit=200${go}`);
    items.push(...page.items);
    cursor = page.next_cursor;
  } while (cursor !== null && items.length < most);
  return { items, whole: cursor === null };
}
