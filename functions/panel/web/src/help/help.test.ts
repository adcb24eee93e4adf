import { expect, test } from "vitest";

import help from "../../../../../docs/help.md";

const headings = new Set([...help.matchAll(/ id="help-([^"]+)"/g)].map(([, name]) => name));

test("every link within the help leads to one of its headings", () => {
  const links = [...help.matchAll(/data-section="([^"]+)"/g)].map(([, name]) => name);

  expect(links.length).toBeGreaterThan(5);
  expect(links.filter((name) => !headings.has(name))).toEqual([]);
});

test("every page that offers help names one of its headings", () => {
  const sources = import.meta.glob<string>("../**/*.tsx", { query: "?raw", import: "default", eager: true });
  const named = Object.values(sources).flatMap((text) =>
    [...text.matchAll(/<HelpLink\s+section="([^"]+)"/g)].map(([, name]) => name),
  );

  expect(named.length).toBeGreaterThan(3);
  expect(named.filter((name) => !headings.has(name))).toEqual([]);
});

test("links to files that are not in the panel are text", () => {
  expect(help).not.toMatch(/href="(?!#|https:)/);
});
