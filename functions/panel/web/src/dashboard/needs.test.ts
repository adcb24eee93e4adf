import { expect, test } from "vitest";

import type { AttentionGroup } from "../api/client";
import { firstStep, namedOf, titleOf } from "./needs";

const acme = { id: "cus_1", name: "Acme" };
const group = (change: Partial<AttentionGroup>): AttentionGroup => ({
  health: "failing",
  cause: "Invalid credentials or address",
  remedy: "Check three things.",
  actions: ["edit_credentials", "test_connection"],
  count: 1,
  customers: [acme],
  ...change,
});

test("the title counts one customer, and many", () => {
  expect(titleOf(group({}))).toBe("Invalid credentials or address: 1 customer");
  expect(titleOf(group({ count: 1200 }))).toBe("Invalid credentials or address: 1,200 customers");
});

test("the first customers are named, and the others counted, also those that the API does not name", () => {
  const customers = Array.from({ length: 20 }, (_, index) => ({ id: `cus_${index}`, name: `${index}` }));

  expect(namedOf(group({}))).toEqual({ named: [acme], others: 0 });
  expect(namedOf(group({ count: 25, customers }))).toEqual({ named: customers.slice(0, 3), others: 22 });
});

test.each([
  ["an approval", { actions: ["review"], customers: [{ ...acme, held_job_id: "job_1" }] }, "#/jobs/job_1"],
  ["other credentials", {}, "#/customers/cus_1/edit"],
  ["a sync", { health: "stale", actions: ["sync"] }, "#/customers/cus_1"],
  ["the same as another", { count: 2, customers: [acme, { id: "cus_2", name: "Bolt" }] }, "#/customers?health=failing"],
  ["nothing but time", { health: "waiting", actions: [] }, undefined],
] as const)("the first step for a customer that needs %s", (_, change, href) => {
  expect(firstStep(group(change as Partial<AttentionGroup>))?.href).toBe(href);
});
