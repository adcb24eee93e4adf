import type { Counters } from "../api/client";

/** How many jobs are in these states. */
export function total({ jobs }: Counters, ...states: readonly string[]): number {
  return states.reduce((sum, state) => sum + (jobs[state] ?? 0), 0);
}

/** When the oldest of those that are in these states was asked for. */
export function oldest({ oldest_jobs: since }: Counters, ...states: readonly string[]): string | undefined {
  return states.flatMap((state) => since[state] ?? []).sort()[0];
}
