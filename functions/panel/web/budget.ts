// Fails the build if what a browser loads for its first dashboard is too much: the files named in index.html, those of the
// dashboard's page, and what these import. Says what weighs most in them.

import { gzipSync } from "node:zlib";

import type { Plugin, Rolldown } from "vite";

type Bundle = Rolldown.OutputBundle;

/** In bytes, compressed: a third of a second at 10 Mbit/s. */
const MOST = 400_000;
const DASHBOARD = /\/dashboard\/DashboardPage\.tsx$/;
/** The number of modules that are named. */
const NAMED = 15;

export function budget(): Plugin {
  return {
    name: "first-load-budget",
    apply: "build",
    enforce: "post",
    generateBundle: {
      order: "post",
      handler(_, bundle) {
        const sizes = [...firstFiles(bundle)].map((name) => ({ name, size: sizeOf(bundle[name]) }));
        const sum = sizes.reduce((all, { size }) => all + size, 0);
        const summary = `The first dashboard loads ${kilobytes(sum)} of at most ${kilobytes(MOST)}, compressed`;
        if (sum <= MOST) return this.info(`${summary}.`);
        const files = sizes.map(({ name, size }) => `${kilobytes(size)} ${name}`);
        return this.error([`${summary}:`, ...files, "Before compression the largest parts are:", ...largest(bundle)].join("\n"));
      },
    },
  };
}

/** The files of the first dashboard, by name. */
function firstFiles(bundle: Bundle): ReadonlySet<string> {
  const files = new Set<string>();
  const add = (name: string) => {
    const file = bundle[name];
    if (files.has(name) || file?.type !== "chunk") return;
    files.add(name);
    file.viteMetadata?.importedCss.forEach((css) => files.add(css));
    file.imports.forEach(add);
  };
  for (const file of Object.values(bundle)) {
    if (file.type === "chunk" && (file.isEntry || file.moduleIds.some((id) => DASHBOARD.test(id)))) add(file.fileName);
  }
  return files;
}

function sizeOf(file: Bundle[string] | undefined): number {
  if (!file) return 0;
  return gzipSync(file.type === "chunk" ? file.code : file.source).length;
}

/** The packages, components of Cloudscape and directories of the panel that fill these files, largest first. */
function largest(bundle: Bundle): readonly string[] {
  const parts = new Map<string, number>();
  for (const name of firstFiles(bundle)) {
    const file = bundle[name];
    if (file?.type !== "chunk") continue;
    for (const [id, { renderedLength }] of Object.entries(file.modules)) {
      const part = partOf(id);
      parts.set(part, (parts.get(part) ?? 0) + renderedLength);
    }
  }
  const sorted = [...parts].sort(([, one], [, other]) => other - one);
  return sorted.slice(0, NAMED).map(([part, size]) => `${kilobytes(size)} ${part}`);
}

/** `react-dom`, `@cloudscape-design/components/table`, `src/jobs`. */
function partOf(id: string): string {
  const [, inPackages] = id.split("/node_modules/");
  if (!inPackages) return id.split("/").slice(-3, -1).join("/");
  const depth = inPackages.startsWith("@cloudscape-design/") ? 3 : inPackages.startsWith("@") ? 2 : 1;
  return inPackages.split("/").slice(0, depth).join("/");
}

function kilobytes(bytes: number): string {
  return `${Math.round(bytes / 1000)} KB`;
}
