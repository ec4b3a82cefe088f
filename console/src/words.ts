// What people read, in both languages; a key that one catalogue lacks does not compile.
import { signal } from "@preact/signals";
import domain from "virtual:domain-words";
import mapEn from "./words/en/map.json";
import mapZh from "./words/zh/map.json";
import shellEn from "./words/en/shell.json";
import shellZh from "./words/zh/shell.json";
import dispatchEn from "./words/en/dispatch.json";
import dispatchZh from "./words/zh/dispatch.json";
import planEn from "./words/en/plan.json";
import planZh from "./words/zh/plan.json";
import incomingEn from "./words/en/incoming.json";
import incomingZh from "./words/zh/incoming.json";
import escalationsEn from "./words/en/escalations.json";
import escalationsZh from "./words/zh/escalations.json";
import crewsEn from "./words/en/crews.json";
import crewsZh from "./words/zh/crews.json";
import callbacksEn from "./words/en/callbacks.json";
import callbacksZh from "./words/zh/callbacks.json";
import supervisionEn from "./words/en/supervision.json";
import supervisionZh from "./words/zh/supervision.json";
import storyEn from "./words/en/story.json";
import storyZh from "./words/zh/story.json";
import phoneEn from "./words/en/phone.json";
import phoneZh from "./words/zh/phone.json";
import photosEn from "./words/en/photos.json";
import photosZh from "./words/zh/photos.json";

const en = {
  ...mapEn,
  ...shellEn,
  ...dispatchEn,
  ...planEn,
  ...incomingEn,
  ...escalationsEn,
  ...crewsEn,
  ...callbacksEn,
  ...supervisionEn,
  ...storyEn,
  ...phoneEn,
  ...photosEn,
};
const zh: Record<keyof typeof en, string> = {
  ...mapZh,
  ...shellZh,
  ...dispatchZh,
  ...planZh,
  ...incomingZh,
  ...escalationsZh,
  ...crewsZh,
  ...callbacksZh,
  ...supervisionZh,
  ...storyZh,
  ...phoneZh,
  ...photosZh,
};

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
  return sayIn(language.value, key, values);
}

/** Say something in a language of its own, e.g. what a caller is told. */
export function sayIn(lang: Language, key: Key, values: Record<string, string | number> = {}): string {
  return filled(WORDS[lang][key], values);
}

function filled(text: string, values: Record<string, string | number>): string {
  return text.replace(/\{(\w+)\}/g, (_, name) => String(values[name] ?? ""));
}

/** Say a word that the api names; what is not in the catalogues yet is shown as it came. */
export function word(group: string, name: string, values: Record<string, string | number> = {}): string {
  const key = `${group}.${name}`;
  if (key in WORDS.en) return say(key as Key, values);
  return filled(domain[language.value][key] ?? name, values);
}

/** An address in the language of the page, where the home has one; else as it was told. */
export function addressOf(of: { address?: string | null; address_en?: string | null }): string | null {
  return (language.value === "en" && of.address_en) || (of.address ?? null);
}

export function named(names: { en: string; zh: string }): string {
  return names[language.value];
}
