import { defineConfig } from "vitest/config";

import { markdown } from "./markdown.ts";

export default defineConfig({
  test: {
    projects: [
      // What needs no browser.
      { plugins: [markdown()], test: { name: "unit", include: ["src/**/*.test.ts"] } },
      // The deployed panel, in Chromium.
      { test: { name: "pages", include: ["tests/**/*.test.ts"], testTimeout: 180_000, hookTimeout: 60_000 } },
      // No tests: pictures of its pages.
      { test: { name: "screenshots", include: ["tests/screenshots.ts"], hookTimeout: 60_000, disableConsoleIntercept: true } },
    ],
  },
});
