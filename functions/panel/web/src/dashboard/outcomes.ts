// The syncs of the last day, by hour and outcome.

import type { HourOfJobs } from "../api/client";

/** How a sync can end, in the order in which it is drawn. */
const OUTCOMES = ["succeeded", "incomplete", "held", "failed", "cancelled"] as const;
export type Outcome = (typeof OUTCOMES)[number];

interface Series {
  readonly outcome: Outcome;
  /** One for each of the hours. */
  readonly counts: readonly number[];
}

/** The outcomes that there were. */
export function seriesOf(hours: readonly HourOfJobs[]): readonly Series[] {
  const all = OUTCOMES.map((outcome) => ({ outcome, counts: hours.map((hour) => hour[outcome]) }));
  return all.filter(({ counts }) => counts.some((count) => count > 0));
}
