// Polling intervals in milliseconds, all in one place, because every open panel costs requests. Nothing is polled while the tab
// is hidden; stale data is read again when it is visible.

import type { Customer, Job } from "./client";

/** Counters, and lists that rarely change. */
export const CALM_MS = 60_000;
/** Data that changes: the customer shown, dead letters, lists with jobs in progress. */
export const LIVE_MS = 15_000;
/** Data that the user waits for: the job shown while in progress, the first sync of a new customer. */
export const WATCHED_MS = 5_000;
/** The list of all customers: the most expensive to read, and used for their names only. */
export const SLOW_MS = 1_800_000;

const UNDER_WAY: readonly Job["state"][] = ["queued", "running", "waiting"];

export function isUnderWay({ state }: Pick<Job, "state">): boolean {
  return UNDER_WAY.includes(state);
}

/** Interval for a list of jobs: short while one is in progress. */
export function paceOfJobs(jobs: readonly Pick<Job, "state">[] = []): number {
  return jobs.some(isUnderWay) ? LIVE_MS : CALM_MS;
}

/** Interval for one job: short while it is in progress or not loaded yet. */
export function paceOfJob(job: Pick<Job, "state"> | undefined): number {
  return job && !isUnderWay(job) ? CALM_MS : WATCHED_MS;
}

/** Interval for one customer: short until its first sync has finished. */
export function paceOfCustomer(customer: Pick<Customer, "last_sync"> | undefined): number {
  return customer?.last_sync ? LIVE_MS : WATCHED_MS;
}
