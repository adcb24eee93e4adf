// Leaves out of the build what of Cloudscape the panel never shows. Cloudscape's AppLayout carries three layouts and chooses one
// when the page runs. The choice is the same everywhere in the panel, and the other two are 60 KB of the first load, compressed.

import type { Plugin } from "vite";

const UNUSED_LAYOUTS = /\/@cloudscape-design\/components\/app-layout\/(classic|visual-refresh-toolbar\/index)\.js$/;

export function leaner(): Plugin {
  return {
    name: "cloudscape-leaner",
    enforce: "pre",
    load(id) {
      return UNUSED_LAYOUTS.test(id) ? "export default () => null;" : undefined;
    },
  };
}
