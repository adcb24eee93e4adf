import { expect, test } from "vitest";

import { csv } from "./csv";

test("rows are lines, and what would break one is quoted", () => {
  expect(
    csv(
      ["name", "tasks"],
      [
        ["plain", 3],
        ['say "hi", now', null],
        ["two\nlines", -1],
      ],
    ),
  ).toBe('\uFEFFname,tasks\r\nplain,3\r\n"say ""hi"", now",\r\n"two\nlines",-1\r\n');
});

test.each(["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])("%j is a text to a spreadsheet, not a formula", (text) => {
  expect(csv(["a"], [[text]])).toContain(`"'${text}"`);
});
