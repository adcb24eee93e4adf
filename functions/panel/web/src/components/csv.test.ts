import { expect, test } from "vitest";

import { csv } from "./csv";

/** The cell of a name in the file. */
const cell = (name: string) => csv(["a"], [[name]]).slice('\uFEFF"a"\r\n'.length, -2);

test("rows are lines, and every cell is quoted", () => {
  expect(
    csv(
      ["name", "tasks"],
      [
        ["plain", 3],
        ['say "hi", now', null],
        ["two\nlines", -1],
      ],
    ),
  ).toBe('\uFEFF"name","tasks"\r\n"plain","3"\r\n"say ""hi"", now",""\r\n"two\nlines","-1"\r\n');
});

test.each([
  ["=1+1", "'=1+1"],
  ["+1", "'+1"],
  ["-1", "'-1"],
  ["@SUM(A1)", "'@SUM(A1)"],
  ["＝1+1", "'＝1+1"],
  ["＋1", "'＋1"],
  ["－1", "'－1"],
  ["＠SUM(A1)", "'＠SUM(A1)"],
  ["  =1", "  '=1"],
  ["\u00A0\u3000=1", "\u00A0\u3000'=1"],
  ["\t=1", "\t'=1"],
  ["\r=1", "\r'=1"],
  ["a\n=1", "a\n'=1"],
  ["a\r\n @b", "a\r\n '@b"],
  ["a\t-1", "a\t'-1"],
  ["d;=1+1", "d;'=1+1"],
  ["d; ;＝1;-2", "d; ;'＝1;'-2"],
  ['d;"=1', 'd;""\'=1'],
])("%j is a text to a spreadsheet, not a formula", (name, shown) => {
  expect(cell(name)).toBe(`"${shown}"`);
});

test.each(["Invoice - monthly", "a=b", "1+1", "me@zuora.com", "'=1", "price, -1", "ü;ö", "x ＝ y"])(
  "%j stays as it is",
  (name) => {
    expect(cell(name)).toBe(`"${name}"`);
  },
);

test("a long text is written in no time", () => {
  const name = `${" \n".repeat(50_000)}=`;

  expect(cell(name).length).toBe(name.length + 3);
});
