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

const HOUR_MS = 3_600_000;

/** The address of the syncs that ended so in that hour. One that was retried since is under way again, or ended in another hour. */
export function jobsOf(hour: string, outcome: Outcome): string {
  const finished_since = new Date(hour).toISOString();
  const finished_until = new Date(Date.parse(hour) + HOUR_MS).toISOString();
  return `#/jobs?${new URLSearchParams({ kind: "sync", state: outcome, finished_since, finished_until }).toString()}`;
}
