import { expect, test } from "vitest";

import type { Customer } from "./client";
import { CALM_MS, LIVE_MS, paceOfCustomer, paceOfJob, paceOfJobs, WATCHED_MS } from "./pace";

test("jobs are asked for often only while one of them is under way", () => {
  expect(paceOfJobs([{ state: "succeeded" }, { state: "failed" }])).toBe(CALM_MS);
  expect(paceOfJobs(undefined)).toBe(CALM_MS);
  for (const state of ["queued", "running", "waiting"] as const) {
    expect(paceOfJobs([{ state: "succeeded" }, { state }])).toBe(LIVE_MS);
    expect(paceOfJob({ state })).toBe(WATCHED_MS);
  }
  expect([paceOfJob(undefined), paceOfJob({ state: "held" })]).toEqual([WATCHED_MS, CALM_MS]);
});

test("a customer is asked for more often until its first sync has ended", () => {
  const last_sync = { state: "failed" } as NonNullable<Customer["last_sync"]>;

  expect([paceOfCustomer(undefined), paceOfCustomer({ last_sync: null }), paceOfCustomer({ last_sync })]).toEqual([
    WATCHED_MS,
    WATCHED_MS,
    LIVE_MS,
  ]);
});
