// How often what is shown is asked for again, in milliseconds: all of it, in one place, because everybody who leaves the panel open
// pays for it. Nothing is asked while the tab is hidden; what is old by then is asked for when it is looked at again.

import type { Customer, Job } from "./client";

/** Numbers, and lists in which little happens. */
export const CALM_MS = 60_000;
/** Where something happens: at the one customer that is shown, among dead letters that are being worked off, among jobs under way. */
export const LIVE_MS = 15_000;
/** What somebody waits for: the one job that is looked at while it is under way, the first sync of a new customer. */
export const WATCHED_MS = 5_000;
/** All customers: what is told of them is hours old before it matters, and reading them costs most. */
export const SLOW_MS = 1_800_000;

const UNDER_WAY: readonly Job["state"][] = ["queued", "running", "waiting"];

export function isUnderWay({ state }: Pick<Job, "state">): boolean {
  return UNDER_WAY.includes(state);
}

/** Of a list of jobs: often while one of them is under way. */
export function paceOfJobs(jobs: readonly Pick<Job, "state">[] = []): number {
  return jobs.some(isUnderWay) ? LIVE_MS : CALM_MS;
}

/** Of one job; often until it is known, too. */
export function paceOfJob(job: Pick<Job, "state"> | undefined): number {
  return job && !isUnderWay(job) ? CALM_MS : WATCHED_MS;
}

/** Of one customer; often until its first sync has ended. */
export function paceOfCustomer(customer: Pick<Customer, "last_sync"> | undefined): number {
  return customer?.last_sync ? LIVE_MS : WATCHED_MS;
}
