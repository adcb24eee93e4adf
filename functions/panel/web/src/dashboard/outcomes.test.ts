import { expect, test } from "vitest";

import { jobsOf, seriesOf } from "./outcomes";

const none = { succeeded: 0, incomplete: 0, held: 0, failed: 0, cancelled: 0 };

test("each outcome that there was has a number for every hour, and others are not drawn", () => {
  const hours = [
    { ...none, hour: "2026-11-26T09:00:00Z", succeeded: 3 },
    { ...none, hour: "2026-11-26T10:00:00Z", succeeded: 2, failed: 1 },
    { ...none, hour: "2026-11-26T11:00:00Z" },
  ];

  expect(seriesOf(hours)).toEqual([
    { outcome: "succeeded", counts: [3, 2, 0] },
    { outcome: "failed", counts: [0, 1, 0] },
  ]);
  expect(seriesOf([])).toEqual([]);
});

test("a bar leads to the syncs of its hour that ended so", () => {
  const [path, query] = jobsOf("2026-11-26T23:00:00Z", "failed").split("?");

  expect(path).toBe("#/jobs");
  expect(Object.fromEntries(new URLSearchParams(query))).toEqual({
    kind: "sync",
    state: "failed",
    finished_since: "2026-11-26T23:00:00.000Z",
    finished_until: "2026-11-27T00:00:00.000Z",
  });
});
