import { expect, test } from "vitest";

import { pathInWords, placeHref } from "./place";

test("a place in a task leads to the task in the graph, another one to the definition", () => {
  expect(placeHref("cus_1", "7", "a b")).toBe("#/customers/cus_1/workflows/7?tab=graph&task=a+b");
  expect([placeHref("c", "7", ""), placeHref("c", "7", null)]).toEqual(Array(2).fill("#/customers/c/workflows/7?tab=definition"));
});

test("paths are told in words, wherever in a list they are", () => {
  expect(["parameters.email.to[0]", "parameters.deep[0].list[12].raw_body", "name"].map(pathInWords)).toEqual([
    "recipient",
    "raw body",
    "name",
  ]);
});
