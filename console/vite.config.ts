// The pages land where the api serves them from. Nothing built is kept in git.
import { readFileSync } from "node:fs";
import { parse } from "smol-toml";
import { defineConfig, type Plugin } from "vite";

/** Groups of the catalogues of the domain that screens say too; they are not written twice. */
const GROUPS = [
  "task_state", "move", "role", "told", "ladder", "hazard", "stage", "event", "channel", "scope",
  "area_class", "task_kind", "device", "because", "key_class", "plan.reason", "plan.fault", "plan.stop",
  "why.hold", "why.term", "photo_shows",
];
const WORDS = "virtual:domain-words";

type Table = { [name: string]: string | Table };

function chosen(lang: string): Record<string, string> {
  const whole = parse(readFileSync(`../domain/words/${lang}.toml`, "utf-8")) as Table;
  const told: Record<string, string> = {};
  for (const group of GROUPS) {
    const found = group.split(".").reduce<Table>((table, name) => table[name] as Table, whole);
    for (const [name, said] of Object.entries(found))
      if (typeof said === "string") told[`${group}.${name}`] = said;
  }
  return told;
}

const domainWords: Plugin = {
  name: "domain-words",
  resolveId: (id) => (id === WORDS ? `\0${WORDS}` : null),
  load: (id) =>
    id === `\0${WORDS}` ? `export default ${JSON.stringify({ en: chosen("en"), zh: chosen("zh") })}` : null,
};

export default defineConfig({
  base: "/",
  publicDir: false,
  plugins: [domainWords],
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  build: {
    outDir: "../api/built",
    emptyOutDir: true,
    assetsInlineLimit: 0,
    // What a browser without it lacks, these pages do not need.
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 1600,
    rollupOptions: { input: ["console.html", "crew.html", "map.html", "signed-in.html"] },
  },
});
