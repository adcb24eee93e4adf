import { expect, test } from "vitest";

import type { Counters } from "../api/client";
import { oldest, total } from "./counters";

const counters = {
  jobs: { queued: 2, waiting: 3, running: 0 },
  oldest_jobs: { queued: "2026-11-23T12:00:00.000Z", waiting: "2026-11-23T11:00:00.000Z" },
} as unknown as Counters;

test("a group has as many jobs as its states together, and is as old as the oldest of them", () => {
  expect(total(counters.jobs, "queued", "waiting")).toBe(5);
  expect(oldest(counters, "queued", "waiting")).toBe("2026-11-23T11:00:00.000Z");
});

test("a state without jobs adds nothing", () => {
  expect(total(counters.jobs, "running", "failed")).toBe(0);
  expect(oldest(counters, "running")).toBeUndefined();
});
