// Which customers' copies are older than they should be.

import type { Customer } from "../api/client";

const INTERVALS_MS: Record<Customer["sync_frequency"], number> = {
  hourly: 3_600_000,
  every_two_hours: 7_200_000,
  manual: Number.POSITIVE_INFINITY,
};

/** Why a copy cannot be relied on, or nothing if it can: two intervals without a sync that succeeded. */
export function stale(customer: Customer, now: number): string | undefined {
  const { last_sync: last, sync_frequency: frequency, status } = customer;
  if (status === "paused" || status === "deleting") return undefined;
  const limit = 2 * INTERVALS_MS[frequency];
  if (!last) return Date.parse(customer.created_at) + limit < now ? "never synced" : undefined;
  if (last.state !== "succeeded") return `the last sync ended as ${last.state}`;
  return Date.parse(last.finished_at) + limit < now ? "no sync for more than two intervals" : undefined;
}
