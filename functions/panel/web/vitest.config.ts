import { defineConfig } from "vitest/config";

import { markdown } from "./markdown.ts";

// A machine that runs all of it at once may take longer than the second that a poll has otherwise.
const PATIENCE = { poll: { timeout: 20_000 } };

export default defineConfig({
  test: {
    // Pages wait for the stack most of the time.
    maxWorkers: 3,
    projects: [
      // What needs no browser.
      { plugins: [markdown()], test: { name: "unit", include: ["src/**/*.test.ts"] } },
      // The deployed panel, in Chromium.
      { test: { name: "pages", include: ["tests/**/*.test.ts"], testTimeout: 180_000, hookTimeout: 60_000, expect: PATIENCE } },
      // What takes too long for every change: pictures of all pages and states, and whether each can be used by everybody.
      {
        test: {
          name: "screenshots",
          include: ["tests/screenshots.ts", "tests/accessible.ts"],
          hookTimeout: 60_000,
          disableConsoleIntercept: true,
        },
      },
    ],
  },
});
