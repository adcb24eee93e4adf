import { expect, test } from "vitest";

import type { Customer } from "../api/client";
import { isStale } from "./staleness";

const NOW = Date.parse("2026-11-23T12:00:00Z");
const customer = (change: Partial<Customer>) =>
  ({
    status: "active",
    sync_frequency: "hourly",
    created_at: "2026-01-01T00:00:00Z",
    last_complete_sync_at: null,
    ...change,
  }) as Customer;

test.each([
  ["synced an hour ago", { last_complete_sync_at: "2026-11-23T11:00:00Z" }, false],
  ["synced three hours ago", { last_complete_sync_at: "2026-11-23T08:59:00Z" }, true],
  [
    "synced three hours ago, every two hours",
    { sync_frequency: "every_two_hours", last_complete_sync_at: "2026-11-23T08:59:00Z" },
    false,
  ],
  ["synced by hand only", { sync_frequency: "manual", last_complete_sync_at: "2025-01-01T00:00:00Z" }, false],
  ["never synced completely", {}, true],
  ["just created", { created_at: "2026-11-23T11:30:00Z" }, false],
  ["paused", { status: "paused" }, false],
] as const)("a customer that is %s", (_, change, expected) => {
  expect(isStale(customer(change), NOW)).toBe(expected);
});
