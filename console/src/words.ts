// What people read, in both languages; a key that one catalogue lacks does not compile.
import { signal } from "@preact/signals";
import en from "./words/en.json";
import zh from "./words/zh.json";

export type Key = keyof typeof en;
export type Language = "en" | "zh";

const WORDS: Record<Language, Record<Key, string>> = { en, zh };
const KEPT = "relight.language";

function preferred(): Language {
  const kept = localStorage.getItem(KEPT);
  if (kept === "en" || kept === "zh") return kept;
  const wished = navigator.languages.map((each) => each.slice(0, 2).toLowerCase());
  return wished.find((each) => each === "zh" || each === "en") === "zh" ? "zh" : "en";
}

export const language = signal<Language>(preferred());
language.subscribe((lang) => {
  document.documentElement.lang = lang === "zh" ? "zh-CN" : "en";
});

export function speak(lang: Language): void {
  localStorage.setItem(KEPT, lang);
  language.value = lang;
}

export function say(key: Key, values: Record<string, string | number> = {}): string {
  return WORDS[language.value][key].replace(/\{(\w+)\}/g, (_, name) => String(values[name] ?? ""));
}

/** Say a word that the api names; what is not in the catalogue yet is shown as it came. */
export function word(group: string, name: string): string {
  const key = `${group}.${name}`;
  return key in WORDS.en ? say(key as Key) : name;
}

export function named(names: { en: string; zh: string }): string {
  return names[language.value];
}
