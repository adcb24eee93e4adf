import { expect, test } from "vitest";

import type { Job } from "../api/client";
import { HOURS, hoursUntil, outcomesOf } from "./outcomes";

const NOW = Date.parse("2026-11-23T12:34:00Z");
const job = (state: string, finished_at: string | null) => ({ state, finished_at }) as Job;

test("the hours end with the one that is running", () => {
  const hours = hoursUntil(NOW);

  expect([hours.length, hours[0]?.toISOString(), hours.at(-1)?.toISOString()]).toEqual([
    HOURS,
    "2026-11-22T13:00:00.000Z",
    "2026-11-23T12:00:00.000Z",
  ]);
});

test("each sync counts in the hour in which it ended, and what is older or under way does not", () => {
  const series = outcomesOf(
    [
      job("succeeded", "2026-11-23T12:00:00Z"),
      job("succeeded", "2026-11-23T12:20:00Z"),
      job("failed", "2026-11-23T11:59:59Z"),
      job("succeeded", "2026-11-22T12:59:59Z"),
      job("running", null),
    ],
    NOW,
  );

  const last = (outcome: string) => series.find((one) => one.outcome === outcome)?.counts.slice(-2);
  expect([last("succeeded"), last("failed"), last("held")]).toEqual([
    [0, 2],
    [1, 0],
    [0, 0],
  ]);
  expect(series.flatMap(({ counts }) => counts).reduce((sum, count) => sum + count, 0)).toBe(3);
});
