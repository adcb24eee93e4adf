import { expect, test } from "vitest";

import help from "../../../../../docs/help.md";
import runbook from "../../../../../docs/runbook.md";

const headingsOf = (html: string) => new Set([...html.matchAll(/ id="help-([^"]+)"/g)].map(([, name]) => name));
const headings = headingsOf(help);

test.each([
  ["help", help],
  ["runbook", runbook],
])("every link within the %s leads to one of its headings", (_, html) => {
  const links = [...html.matchAll(/data-section="([^"]+)"/g)].map(([, name]) => name);

  expect(links.length).toBeGreaterThan(0);
  expect(links.filter((name) => !headingsOf(html).has(name))).toEqual([]);
});

test("the help leads to the runbook, and both to the pages that they name", () => {
  expect(help).toContain('<a href="#/operations?section=restore">');
  expect(headingsOf(runbook).has("restore")).toBe(true);
  expect(help).toContain('<a href="#/failed"><strong>Failed Jobs</strong></a>');
  expect(runbook).toContain('<a href="#/failed"><strong>Failed Jobs</strong></a>');
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
  expect(help + runbook).not.toMatch(/href="(?!#|https:)/);
});
