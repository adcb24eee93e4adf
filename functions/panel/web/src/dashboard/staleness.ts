// Customers whose copies are out of date.

import type { Customer } from "../api/client";

const INTERVALS_MS: Record<Customer["sync_frequency"], number> = {
  hourly: 3_600_000,
  every_two_hours: 7_200_000,
  manual: Number.POSITIVE_INFINITY,
};

/** Returns true if two intervals have passed without a complete sync. A manual or paused customer is never stale. */
export function isStale(customer: Customer, now: number): boolean {
  const { last_complete_sync_at: complete, created_at, sync_frequency: frequency, status } = customer;
  if (status === "paused" || status === "deleting") return false;
  return Date.parse(complete ?? created_at) + 2 * INTERVALS_MS[frequency] < now;
}
