// Signing in by a code with PKCE; the tokens live in this tab and end with it.
import { signal } from "@preact/signals";

interface Tokens {
  access: string;
  refresh: string | null;
  until: number;
}

const KEPT = "relight.tokens";
const BEGUN = "relight.sign-in";
const CLIENT = "console";
const EARLY_MS = 60_000;

export const tokens = signal<Tokens | null>(read());

function read(): Tokens | null {
  // A page opened out of another one begins with a copy of what that tab holds. A refresh token is
  // good once, so a copy must not be used: it would end the sign-in of both.
  const kept = sessionStorage.getItem(KEPT);
  const copied = kept !== null && performance.getEntriesByType("navigation").length > 0 &&
    window.opener !== null;
  return kept === null || copied ? null : (JSON.parse(kept) as Tokens);
}

function keep(found: Tokens | null): void {
  tokens.value = found;
  if (found === null) sessionStorage.removeItem(KEPT);
  else sessionStorage.setItem(KEPT, JSON.stringify(found));
}

function written(bytes: Uint8Array): string {
  const text = btoa(String.fromCharCode(...bytes));
  return text.replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

function chance(): string {
  return written(crypto.getRandomValues(new Uint8Array(32)));
}

function back(): string {
  return `${location.origin}/signed-in`;
}

export async function signIn(): Promise<void> {
  const begun = { verifier: chance(), state: chance(), to: location.pathname + location.search };
  sessionStorage.setItem(BEGUN, JSON.stringify(begun));
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(begun.verifier));
  const wish = new URLSearchParams({
    response_type: "code",
    client_id: CLIENT,
    redirect_uri: back(),
    scope: "openid profile offline_access",
    state: begun.state,
    nonce: chance(),
    code_challenge: written(new Uint8Array(digest)),
    code_challenge_method: "S256",
  });
  location.assign(`/oidc/authorize?${wish}`);
}

async function exchange(fields: Record<string, string>): Promise<Tokens | null> {
  const told = await fetch("/oidc/token", {
    method: "POST",
    body: new URLSearchParams({ client_id: CLIENT, ...fields }),
  });
  // Only a refusal ends a sign-in; an api that is just starting does not.
  if (told.status >= 500) throw new Error(`token: ${told.status}`);
  if (!told.ok) return null;
  const said = await told.json();
  const until = Date.now() + said.expires_in * 1000;
  return { access: said.access_token, refresh: said.refresh_token ?? null, until };
}

/** Take the code out of the address; return where the sign-in began, or null. */
export async function finishSignIn(): Promise<string | null> {
  const said = new URLSearchParams(location.search);
  const begun = JSON.parse(sessionStorage.getItem(BEGUN) ?? "null");
  sessionStorage.removeItem(BEGUN);
  const code = said.get("code");
  if (begun === null || code === null || said.get("state") !== begun.state) return null;
  const fields = { grant_type: "authorization_code", code, redirect_uri: back() };
  const found = await exchange({ ...fields, code_verifier: begun.verifier });
  keep(found);
  return found === null ? null : begun.to;
}

let renewing: Promise<void> | null = null;

async function renew(): Promise<void> {
  const refresh = tokens.value?.refresh;
  if (!refresh) keep(null);
  else keep(await exchange({ grant_type: "refresh_token", refresh_token: refresh }));
}

/** Return a token that holds for a while; null when one has to sign in. */
export async function freshToken(): Promise<string | null> {
  const held = tokens.value;
  if (held !== null && held.until - Date.now() < EARLY_MS) {
    renewing ??= renew().finally(() => (renewing = null));
    await renewing;
  }
  return tokens.value?.access ?? null;
}

/** Forget a token that the api does not take any more. */
export function refused(token: string): void {
  const held = tokens.value;
  if (held?.access === token) keep({ ...held, until: 0 });
}

export async function signOut(): Promise<void> {
  const refresh = tokens.value?.refresh;
  keep(null);
  if (!refresh) return;
  const fields = { client_id: CLIENT, token: refresh };
  await fetch("/oidc/revoke", { method: "POST", body: new URLSearchParams(fields) });
}
