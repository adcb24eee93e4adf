import { expect, test } from "vitest";

import type { ComparedWith } from "../api/client";
import { fieldsOf, holderOf, linked, readPairs, rulesOf } from "./rules";

const RULES: ComparedWith = {
  customer_id: "cus_2",
  links: [{ left: "48", right: "1048" }],
  ignore: ["workflow.priority", "parameters.email"],
  map: { hosts: { "api.example.com": "test.example.com" }, emails: { "a=b@example.com": "c@example.com" }, constants: {} },
};

test("rules that are shown and saved again are the same, with their links", () => {
  const fields = fieldsOf(RULES);

  expect([fields.hosts, fields.links]).toEqual(["api.example.com = test.example.com", "48 = 1048"]);
  expect(rulesOf(fields, "cus_2")).toEqual(RULES);
  const nothing = { customer_id: "cus_2", links: [], ignore: [], map: { hosts: {}, emails: {}, constants: {} } };
  expect(rulesOf(fieldsOf(undefined), "cus_2")).toEqual(nothing);
});

test("pairs are typed line by line, and the first wrong one is told", () => {
  expect(readPairs("  a=b \n\n c  =  d")).toEqual({ words: { a: "b", c: "d" }, error: undefined });
  expect(readPairs("a = b\nc d").error).toBe("“c d” is no pair. Write left = right.");
  expect(readPairs("a =").error).toContain("is no pair");
  expect(readPairs("a = b\na = c").error).toBe("“a” stands twice on the left.");
});

test("a link takes the place of those that its workflows were in", () => {
  const links = (left: string, right: string) => linked(RULES, left, right).links;

  expect(links("49", "1049")).toEqual([
    { left: "48", right: "1048" },
    { left: "49", right: "1049" },
  ]);
  expect(links("48", "1049")).toEqual([{ left: "48", right: "1049" }]);
  expect(links("49", "1048")).toEqual([{ left: "49", right: "1048" }]);
});

test("rules are found on either side, and none of another pair is replaced without need", () => {
  const withCustomer = (customer_id: string) => ({ customer_id });
  const holder = (ofLeft?: string, ofRight?: string) =>
    holderOf("cus_1", "cus_2", ofLeft ? withCustomer(ofLeft) : undefined, ofRight ? withCustomer(ofRight) : undefined);

  expect(holder()).toBe("left");
  expect(holder("cus_2", "cus_1")).toBe("left");
  expect(holder("cus_3", "cus_1")).toBe("right");
  expect(holder("cus_3")).toBe("right");
  expect(holder("cus_3", "cus_3")).toBe("left");
});
