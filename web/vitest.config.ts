import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vitest/config";

// Times are printed in the zone of the reader; the tests read them in one.
process.env.TZ = "UTC";

export default defineConfig({
  test: {
    projects: [
      // Runes are compiled as for a server: fields are plain, effects do not run. What they do is tested in a browser.
      {
        plugins: [svelte()],
        test: { name: "unit", include: ["src/**/*.test.ts", "build/**/*.test.ts"], environment: "node" },
      },
      {
        test: {
          name: "e2e",
          include: ["e2e/**/*.test.ts"],
          environment: "node",
          // One binary and one browser at a time.
          fileParallelism: false,
          testTimeout: 60_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
