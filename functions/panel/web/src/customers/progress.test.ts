import { expect, test } from "vitest";

import type { Job } from "../api/client";
import { howFar, percentOf } from "./progress";

const progress = { pages: 40, listed: 2000, exported: 1200, to_export: 2000, updated_at: "2026-11-26T09:00:00Z" };
const error = (cls: "rate_limit" | "transient") => ({ class: cls, message: "Zuora did not answer.", next_step: "" });

test.each<[Pick<Job, "state" | "progress" | "error">, string]>([
  [{ state: "queued" }, "It starts as soon as its turn comes."],
  [{ state: "running" }, ""],
  [{ state: "running", progress: { ...progress, to_export: null } }, "2,000 workflows listed so far."],
  [{ state: "running", progress }, "1,200 of 2,000 workflows copied."],
  [{ state: "waiting", progress, error: error("rate_limit") }, "Zuora asked to wait."],
  [{ state: "waiting", error: error("transient") }, "Zuora did not answer."],
])("a sync under way says how far it is: %j", (job, words) => {
  expect(howFar(job)).toBe(words);
});

test("the bar waits until the number of workflows is known", () => {
  expect([percentOf({ progress }), percentOf({ progress: { ...progress, to_export: null } }), percentOf({})]).toEqual([
    60,
    undefined,
    undefined,
  ]);
});
