import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vite";
import { precompress } from "./build/precompress.ts";

export default defineConfig({
  plugins: [svelte(), precompress()],
  build: {
    target: "es2023",
    // One style sheet: a page that comes later never stands unstyled for a moment.
    cssCodeSplit: false,
    modulePreload: { polyfill: false },
    // A `data:` font or script would need a hole in the Content-Security-Policy.
    assetsInlineLimit: 0,
  },
  server: {
    proxy: { "/api": "http://127.0.0.1:8080", "/metrics": "http://127.0.0.1:8080" },
  },
});
