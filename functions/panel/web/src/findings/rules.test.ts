import { expect, test } from "vitest";

import help from "../../../../../docs/help.md?raw";
import { LEVELS } from "./levels";
import { RULES } from "./rules";

test("the rules are those of the help, in its words", () => {
  const rows = [...help.matchAll(/^\| ([A-Z]\d+) \| (\w+) \| (.+?)\. .+ \|$/gm)];

  expect(rows.map(([, rule, , title]) => [rule, title])).toEqual(Object.entries(RULES));
  expect(rows.filter(([, , level = ""]) => !(level in LEVELS))).toEqual([]);
});
