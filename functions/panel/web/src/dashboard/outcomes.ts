// The syncs of the last day, by hour and outcome.

import type { Job } from "../api/client";

const HOUR_MS = 3_600_000;
export const HOURS = 24;
/** The states in which a sync can end, in the order in which they are drawn. */
export const OUTCOMES = ["succeeded", "incomplete", "held", "failed", "cancelled"] as const;

export interface Series {
  readonly outcome: (typeof OUTCOMES)[number];
  /** One for each of the hours, oldest first. */
  readonly counts: readonly number[];
}

/** When each of the hours begins. */
export function hoursUntil(now: number): readonly Date[] {
  const last = Math.floor(now / HOUR_MS) * HOUR_MS;
  return Array.from({ length: HOURS }, (_, index) => new Date(last - (HOURS - 1 - index) * HOUR_MS));
}

/** How many syncs ended in each hour, and how. */
export function outcomesOf(syncs: readonly Job[], now: number): readonly Series[] {
  const first = hoursUntil(now)[0]?.getTime() ?? now;
  return OUTCOMES.map((outcome) => {
    const counts = new Array<number>(HOURS).fill(0);
    for (const { state, finished_at } of syncs) {
      const hour = finished_at && state === outcome ? Math.floor((Date.parse(finished_at) - first) / HOUR_MS) : -1;
      if (hour >= 0 && hour < HOURS) counts[hour] = (counts[hour] ?? 0) + 1;
    }
    return { outcome, counts };
  });
}
