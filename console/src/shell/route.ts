// Which desk is open, and what its address says; going back in the browser goes back here.
import { computed, signal } from "@preact/signals";

export const BASE = "/console";
const here = () => location.pathname + location.search;
const address = signal(here());
addEventListener("popstate", () => (address.value = here()));

export const path = computed(() => {
  const [plain] = address.value.split("?");
  return plain!.replace(/^\/console\/?/, "").replace(/\/$/, "");
});
export const asked = computed(() => new URLSearchParams(address.value.split("?")[1] ?? ""));

export function go(to: string, replace = false): void {
  const next = `${BASE}/${to}`;
  if (next === address.value) return;
  if (replace) history.replaceState(null, "", next);
  else history.pushState(null, "", next);
  address.value = next;
}

/** Keep something of what is shown in the address, so that it can be sent and found again. */
export function note(name: string, value: string | null): void {
  const next = new URLSearchParams(asked.value);
  if (value === null) next.delete(name);
  else next.set(name, value);
  const text = next.toString();
  go(path.value + (text === "" ? "" : `?${text}`), true);
}

/** A plain click on a link within the console changes the desk without loading the page anew. */
export function followed(event: MouseEvent): void {
  const link = (event.target as Element | null)?.closest?.("a[href]");
  const odd = event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey;
  if (odd || !(link instanceof HTMLAnchorElement) || link.target !== "") return;
  if (link.origin !== location.origin || !link.pathname.startsWith(`${BASE}/`)) return;
  event.preventDefault();
  go(link.pathname.slice(BASE.length + 1) + link.search);
}
