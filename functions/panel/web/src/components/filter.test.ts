import { expect, test } from "vitest";

import { described, type Filter, meant, replaced, words } from "./filter";

const FILTERS: readonly Filter[] = [
  { key: "customer_id", label: "Customer", options: [{ value: "cus_1", label: "Acme" }] },
  { key: "state", label: "State", options: [{ value: "failed", label: "Failed" }, ...words("held")], isMany: true },
  { key: "since", label: "Created after", isMoment: true },
  { key: "name", label: "Name" },
];

test("filters are told in words: names for ids, labels for values, moments in the user's time zone", () => {
  const values = { customer_id: "cus_1", state: "failed,held", since: "2026-01-31T12:00:00Z" };

  expect(described(FILTERS, values)).toMatch(/^Customer: Acme\. State: Failed, held\. Created after: \d+ (Jan|Feb) 2026, /);
});

test("what has no name is told as it is, and nothing where nothing is filtered", () => {
  expect(described(FILTERS, { customer_id: "cus_2" })).toBe("Customer: cus_2");
  expect(described(FILTERS, {})).toBe("");
});

test("what is not a moment is told as it is, for the API to refuse", () => {
  expect(described(FILTERS, { since: "yesterday" })).toBe("Created after: yesterday");
});

test("other filters take the place of the old ones, and what else the address says stays", () => {
  const next = replaced(new URLSearchParams("tab=jobs&state=failed&name=a"), FILTERS, { name: "b" });

  expect(Object.fromEntries(next)).toEqual({ tab: "jobs", name: "b" });
});

test("a typed text means the text filter; without one, the only option that contains it, and otherwise nothing", () => {
  const customers = { key: "customer_id", label: "Customer", options: [...words("Borealis", "Fjord"), ...words("Fjell")] };

  expect(meant([customers, { key: "name", label: "Name" }], "bor")).toEqual({ key: "name", value: "bor" });
  expect(meant([customers], "BOREA")).toEqual({ key: "customer_id", value: "Borealis" });
  expect([meant([customers], "Fj"), meant([customers], "Acme")]).toEqual([undefined, undefined]);
});
