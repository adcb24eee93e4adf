import { expect, test } from "vitest";

import { reportOf } from "./report";

const of = { redriven: 3, superseded: 0, skipped: 0, remaining: 0, is_counted: true, job_ids: ["a", "b", "c"] };

test("retried jobs are queued until one of them has ended", () => {
  expect(reportOf(of, ["queued", undefined, "running"])).toEqual({ type: "info", text: "3 jobs are queued again." });
  expect(reportOf(of, ["succeeded", "failed", "running"]).text).toBe("1 of 3 succeeded, 1 failed again, 1 in progress.");
});

test("the end is a success only if all succeeded", () => {
  expect(reportOf(of, ["succeeded", "failed", "succeeded"])).toEqual({
    type: "warning",
    text: "2 of 3 succeeded, 1 failed again.",
  });
  expect(reportOf(of, ["succeeded", "succeeded", "succeeded"]).type).toBe("success");
});

test("too many to follow are queued, and what was left out is said", () => {
  const many = { ...of, job_ids: Array.from({ length: 200 }, String), skipped: 1, remaining: 7, is_counted: false };

  expect(reportOf(many, [])).toEqual({
    type: "info",
    text: "200 jobs are queued again. 1 job not started: the customer is paused or gone. At least 7 left: retry all again for those.",
  });
});
