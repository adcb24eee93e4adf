import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

import { budget } from "./budget.ts";
import { leaner } from "./cloudscape.ts";
import { markdown } from "./markdown.ts";

// Paths are relative, because the page lies under the API's stage: `/dev/`, or deeper on the local stack.
export default defineConfig({
  base: "./",
  plugins: [react(), markdown(), leaner(), budget()],
  build: {
    // Served as `GET /panel/{file+}`.
    assetsDir: "panel",
    // Nothing inline: the content security policy allows no data but images, and every file is text.
    assetsInlineLimit: 0,
    // The first dashboard is a few files, not thirty; that of packages stays the same while only the panel changes.
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            { name: "packages", tags: ["$initial"], test: /node_modules/ },
            { name: "panel", tags: ["$initial"] },
          ],
        },
      },
    },
    chunkSizeWarningLimit: 1_500,
    sourcemap: false,
    target: "es2022",
  },
});
