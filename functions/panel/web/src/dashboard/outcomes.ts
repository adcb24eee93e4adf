// Syncs in the last 24 hours, by hour and outcome.

import type { HourOfJobs } from "../api/client";

/** Outcomes of a sync, in the order in which they are drawn. */
const OUTCOMES = ["succeeded", "incomplete", "held", "failed", "cancelled"] as const;
export type Outcome = (typeof OUTCOMES)[number];

interface Series {
  readonly outcome: Outcome;
  /** One for each hour. */
  readonly counts: readonly number[];
}

/** A series for each outcome that occurred. */
export function seriesOf(hours: readonly HourOfJobs[]): readonly Series[] {
  const all = OUTCOMES.map((outcome) => ({ outcome, counts: hours.map((hour) => hour[outcome]) }));
  return all.filter(({ counts }) => counts.some((count) => count > 0));
}
