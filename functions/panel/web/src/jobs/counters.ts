import type { Counters } from "../api/client";

/** The number of jobs, or customers, in these states. */
export function total(numbers: Readonly<Record<string, number>>, ...states: readonly string[]): number {
  return states.reduce((sum, state) => sum + (numbers[state] ?? 0), 0);
}

/** The creation time of the oldest job in these states. */
export function oldest({ oldest_jobs: since }: Counters, ...states: readonly string[]): string | undefined {
  return states.flatMap((state) => since[state] ?? []).sort()[0];
}
