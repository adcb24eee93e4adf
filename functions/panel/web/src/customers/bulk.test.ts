import { expect, test } from "vitest";

import { inOrder, summaryOf } from "./bulk";
import type { BulkOutcome } from "../api/client";

const item = (customer_name: string, outcome: BulkOutcome["outcome"]): BulkOutcome => ({
  customer_id: customer_name,
  customer_name,
  outcome,
  job_id: null,
  problem: outcome === "refused" ? { title: "Paused", detail: "Resume it before syncing." } : null,
});
const items = [item("Acme", "done"), item("Bolt", "unchanged"), item("Cobalt", "refused"), item("Dune", "done")];

test("of many customers the refused ones are told first, and every outcome that occurred is counted", () => {
  expect(inOrder(items).map(({ customer_name }) => customer_name)).toEqual(["Cobalt", "Acme", "Dune", "Bolt"]);
  expect(summaryOf({ items, done: 2, unchanged: 1, refused: 1 })).toBe("Done: 2. Unchanged: 1. Refused: 1.");
  expect(summaryOf({ items: [], done: 1200, unchanged: 0, refused: 0 })).toBe("Done: 1,200.");
});
