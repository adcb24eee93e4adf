import { expect, test } from "vitest";

import { doubtOf, type HeldBack } from "./doubts";

const held = (kind: HeldBack["kind"], count = 8): HeldBack => ({ kind, count, reason: "Too many.", workflow_ids: [] });

test("approving deletions leaves the last word to Zuora, and approving what Zuora would not confirm does not", () => {
  expect(doubtOf(held("deletions")).effect).toContain("that Zuora confirms as gone");
  expect(doubtOf(held("unproven")).effect).toContain("although Zuora does not confirm");
});

test("approving another tenant is called so", () => {
  const { action, question } = doubtOf(held("different_tenant"));

  expect([action, question]).toEqual(["Approve the other tenant", "Replace 8 workflows with those of another tenant?"]);
});

test("one workflow is one, and a job of before doubts had kinds is about deletions", () => {
  expect(doubtOf(held(undefined, 1)).question).toBe("Delete 1 workflow from the copy?");
});
