import { expect, test } from "vitest";

import { isId } from "./ids";

test.each(["cus_019a", "48", "a-b_C"])("%j is an id", (text) => {
  expect(isId(text)).toBe(true);
});

test.each(["", ".", "..", "a/b", "a?b", "a#b", "%2e%2e", "a b", "a\n", "é", "x".repeat(65)])("%j is no id", (text) => {
  expect(isId(text)).toBe(false);
});
