// How the pages look: by day or by night or as the machine has it, and how close the lines stand.
import { computed, signal } from "@preact/signals";

export type Theme = "light" | "dark";
export const THEMES = ["system", "light", "dark"] as const;
export const DENSITIES = ["comfortable", "dense"] as const;
export type ThemeChoice = (typeof THEMES)[number];
export type Density = (typeof DENSITIES)[number];

function kept<T extends string>(key: string, known: readonly T[], otherwise: T): T {
  const found = localStorage.getItem(key) as T | null;
  return found !== null && known.includes(found) ? found : otherwise;
}

const machine = matchMedia("(prefers-color-scheme: dark)");
const dark = signal(machine.matches);
machine.addEventListener("change", () => (dark.value = machine.matches));

export const themeChoice = signal<ThemeChoice>(kept("relight.theme", THEMES, "system"));
export const theme = computed<Theme>(() =>
  themeChoice.value === "system" ? (dark.value ? "dark" : "light") : themeChoice.value,
);
export const density = signal<Density>(kept("relight.density", DENSITIES, "comfortable"));

theme.subscribe((now) => {
  document.documentElement.dataset.theme = now;
});
density.subscribe((now) => {
  document.documentElement.dataset.density = now;
});

export function paint(choice: ThemeChoice): void {
  localStorage.setItem("relight.theme", choice);
  themeChoice.value = choice;
}

export function space(choice: Density): void {
  localStorage.setItem("relight.density", choice);
  density.value = choice;
}
