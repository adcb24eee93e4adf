import { expect, test } from "vitest";

import type { Customer } from "../api/client";
import { stale } from "./staleness";

const NOW = Date.parse("2026-11-23T12:00:00Z");
const synced = (state: string, finished_at: string) => ({ state, finished_at });
const customer = (change: object) =>
  ({ status: "active", sync_frequency: "hourly", created_at: "2026-01-01T00:00:00Z", last_sync: null, ...change }) as Customer;

test.each([
  ["synced an hour ago", { last_sync: synced("succeeded", "2026-11-23T11:00:00Z") }, undefined],
  ["synced three hours ago", { last_sync: synced("succeeded", "2026-11-23T08:59:00Z") }, "no sync for more than two intervals"],
  [
    "synced three hours ago, every two hours",
    { sync_frequency: "every_two_hours", last_sync: synced("succeeded", "2026-11-23T08:59:00Z") },
    undefined,
  ],
  ["synced by hand only", { sync_frequency: "manual", last_sync: synced("succeeded", "2025-01-01T00:00:00Z") }, undefined],
  ["failed just now", { last_sync: synced("failed", "2026-11-23T11:59:00Z") }, "the last sync ended as failed"],
  ["never synced", {}, "never synced"],
  ["just created", { created_at: "2026-11-23T11:30:00Z" }, undefined],
  ["paused", { status: "paused" }, undefined],
])("a customer that is %s", (_, change, why) => {
  expect(stale(customer(change), NOW)).toBe(why);
});
