import { expect, test } from "vitest";

import { wholeNumber } from "./chart";

test("an axis that counts has whole numbers only", () => {
  expect([0, 0.5, 1, 1500].map(wholeNumber)).toEqual(["0", "", "1", "1,500"]);
});
