import { expect, test } from "vitest";

import type { Job } from "../api/client";
import { changesIn, outcomeOf } from "./outcome";

const none = { created: 0, updated: 0, unchanged: 4, deleted: 0, errors: 0, total: 4 };
const job = (changes: Partial<Job>): Job => ({ kind: "sync", state: "succeeded", stats: none, ...changes }) as Job;

test("what did not change is not counted", () => {
  expect(changesIn({ ...none, created: 3, updated: 1 })).toBe("3 created, 1 updated");
  expect([changesIn(none), changesIn({ ...none, errors: 1 })]).toEqual(["no changes", "1 error"]);
});

test("a job that ended tells how, and one under way tells nothing", () => {
  const error = { class: "config", message: "Invalid Zuora credentials.", next_step: "" } as const;

  expect(outcomeOf(job({ stats: { ...none, deleted: 2 } }), "Sync of Acme")?.text).toBe("Sync of Acme: 2 deleted.");
  expect(outcomeOf(job({ state: "failed", error }), "Sync of Acme")).toEqual({
    type: "error",
    text: "Sync of Acme failed: Invalid Zuora credentials.",
  });
  expect(outcomeOf(job({ kind: "test" }), "Connection test of Acme")?.text).toBe("Connection test of Acme succeeded.");
  expect(outcomeOf(job({ state: "waiting" }), "Sync of Acme")).toBeUndefined();
});
