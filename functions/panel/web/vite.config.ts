import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

import { markdown } from "./markdown.ts";

// Paths are relative, because the page lies under the API's stage: `/dev/`, or deeper on the local stack.
export default defineConfig({
  base: "./",
  plugins: [react(), markdown()],
  build: {
    // Served as `GET /panel/{file+}`.
    assetsDir: "panel",
    // Nothing inline: the content security policy allows no data but images, and every file is text.
    assetsInlineLimit: 0,
    sourcemap: false,
    target: "es2022",
  },
});
