import { expect, test } from "vitest";

import { folded, inWords, sideBySide, type Row } from "./lines";

const lines = (...texts: readonly string[]) => texts.join("\n");

/** `1 a | 2 b`, with what differs within a line in brackets, and a star if the row differs. */
function drawn(row: Row): string {
  const words = inWords(row);
  const side = (which: "before" | "after") => {
    const pieces = words[which].map(({ text, isChanged }) => (isChanged ? `[${text}]` : text));
    return row[which] ? `${row[which].number} ${pieces.join("")}` : "-";
  };
  return `${side("before")} | ${side("after")}${row.isChanged ? " *" : ""}`;
}

test("texts stand side by side, with the words that differ", () => {
  const rows = sideBySide(lines("select", "from Account", "limit 5"), lines("select", "from Invoice", "where x", "limit 5"));

  expect(rows.map(drawn)).toEqual([
    "1 select | 1 select",
    "2 from [Account] | 2 from [Invoice] *",
    "- | 3 where x *",
    "3 limit 5 | 4 limit 5",
  ]);
});

test("a value that came or went stands alone, an empty one is a line, and line ends are no difference", () => {
  expect(sideBySide(undefined, "a").map(drawn)).toEqual(["- | 1 a *"]);
  expect(sideBySide("a\nb", undefined).map(drawn)).toEqual(["1 a | - *", "2 b | - *"]);
  expect(sideBySide("", undefined).map(drawn)).toEqual(["1  | - *"]);
  expect(sideBySide("a\r\nb", "a\nb").some(({ isChanged }) => isChanged)).toBe(false);
});

test("unchanged lines are folded, but for those around a difference", () => {
  const text = Array.from({ length: 20 }, (_, at) => `line ${at}`);
  const rows = sideBySide(lines(...text), lines(...text.with(10, "other")));

  expect(folded(rows).map(({ rows, isFolded }) => [rows.length, isFolded])).toEqual([
    [7, true],
    [7, false],
    [6, true],
  ]);
  expect(folded(sideBySide("a", "a"))[0]?.isFolded).toBe(false);
});

test("long texts of which every line differs are compared at once", () => {
  const [before, after] = ["a", "b"].map((letter) => Array.from({ length: 20_000 }, (_, at) => `${letter}${at}`).join("\n"));
  const begin = performance.now();

  expect(sideBySide(before, after)).toHaveLength(20_000);
  expect(performance.now() - begin).toBeLessThan(2_000);
});
