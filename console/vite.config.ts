// The pages land where the api serves them from. Nothing built is kept in git.
import { defineConfig } from "vite";

export default defineConfig({
  base: "/",
  publicDir: false,
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
