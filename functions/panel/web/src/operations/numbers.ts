// What the API tells of the queues and the schedule, in words.

import type { HourOfJobs, Job } from "../api/client";

/** `3 failed jobs, 1 unreadable message, about 2 settled`: what the messages of the dead-letter queue are. */
export function messagesOf(depth: number, jobs: number, unreadable: number): string {
  const settled = Math.max(0, depth - jobs - unreadable);
  const parts = [
    jobs > 0 && `up to ${jobs.toLocaleString("en")} of failed jobs that are listed`,
    unreadable > 0 && `${unreadable.toLocaleString("en")} unreadable`,
    settled > 0 && `about ${settled.toLocaleString("en")} of settled failures`,
  ].filter(Boolean);
  return parts.length > 0 ? parts.join(", ") : "none";
}

/** The newest hour in which a sync ended, and how: `5 succeeded, 1 failed`. */
export function lastHour(hours: readonly HourOfJobs[]): { readonly hour: string; readonly text: string } | undefined {
  const last = hours.at(-1);
  if (!last) return undefined;
  const outcomes = ["succeeded", "incomplete", "held", "failed", "cancelled"] as const;
  const parts = outcomes
    .filter((outcome) => last[outcome] > 0)
    .map((outcome) => `${last[outcome].toLocaleString("en")} ${outcome}`);
  return { hour: last.hour, text: parts.join(", ") };
}

/** When the schedule last asked for a sync, among these jobs, newest first. */
export function lastScheduled(jobs: readonly Pick<Job, "trigger" | "created_at">[]): string | undefined {
  return jobs.find(({ trigger }) => trigger === "schedule")?.created_at;
}
