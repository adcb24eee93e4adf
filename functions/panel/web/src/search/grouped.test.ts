import { expect, test } from "vitest";

import type { SearchHit } from "../api/client";
import { grouped, summary } from "./grouped";

const hit = (customer: string, workflow?: string, path?: string): SearchHit => ({
  found: workflow ? "workflow" : "customer",
  customer_id: customer,
  customer_name: `Customer ${customer}`,
  ...(workflow && { workflow_id: workflow, workflow_name: `Workflow ${workflow}` }),
  ...(path && { path }),
});

test("hits are grouped by customer and workflow, also where a customer goes on in another part", () => {
  const found = grouped([hit("a"), hit("a", "1", "x"), hit("a", "1", "y"), hit("b", "1", "z"), hit("a", "2", "x")]);

  const shape = found.map(({ name, workflows }) => [name, ...workflows.map((one) => `${one.name}: ${one.places.length}`)]);
  expect(shape).toEqual([
    ["Customer a", "Workflow 1: 2", "Workflow 2: 1"],
    ["Customer b", "Workflow 1: 1"],
  ]);
});

test("a workflow that was found by its name has no places, a job is its customer's", () => {
  const [found] = grouped([hit("a", "1"), { ...hit("a"), found: "job", job_id: "job_1" }]);

  expect([found?.workflows[0]?.places, found?.jobs]).toEqual([[], ["job_1"]]);
});

test("a summary counts what there is, and says whether that is all", () => {
  expect(summary([hit("a"), hit("a", "1", "x"), hit("a", "1", "y")], true)).toBe(
    "Found: 2 places, 1 workflow, 1 customer so far.",
  );
  expect(summary([hit("a"), hit("b")], false)).toBe("Found: 2 customers.");
  expect([summary([], true), summary([], false)]).toEqual(["Nothing found yet.", "Nothing found."]);
});
