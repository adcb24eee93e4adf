// Open failures grouped by cause, and what a line says of each.

import type { DeadLetter, DeadLetterJob, ErrorClass, UnreadableMessage } from "../api/client";
import { counted } from "../components/counted";
import { CAUSES } from "../jobs/causes";

/** Failures with the same cause. */
export interface Group {
  readonly id: string;
  readonly title: string;
  /** None for unreadable messages, and for jobs that tell no error. */
  readonly errorClass?: ErrorClass;
  readonly advice?: string;
  readonly jobs: readonly DeadLetterJob[];
  readonly messages: readonly UnreadableMessage[];
  /** The time of the oldest. */
  readonly since: string | undefined;
}

export function isJob(letter: DeadLetter): letter is DeadLetterJob {
  return "job_id" in letter;
}

/** The groups, the largest first, and unreadable messages last. */
export function groupsOf(letters: readonly DeadLetter[]): readonly Group[] {
  const byClass = new Map<ErrorClass | undefined, DeadLetterJob[]>();
  for (const job of letters.filter(isJob)) {
    byClass.set(job.error?.class, [...(byClass.get(job.error?.class) ?? []), job]);
  }
  const groups = [...byClass].map(([errorClass, jobs]): Group => {
    const error = jobs[0]?.error;
    return {
      id: errorClass ?? "unknown",
      title: errorClass ? CAUSES[errorClass] : "No reason was given",
      ...(errorClass && { errorClass }),
      ...(error && { advice: error.next_step }),
      jobs,
      messages: [],
      since: oldest(jobs),
    };
  });
  groups.sort((one, other) => other.jobs.length - one.jobs.length);
  const messages = letters.filter((letter): letter is UnreadableMessage => !isJob(letter));
  if (messages.length === 0) return groups;
  const advice =
    "Another program sent these to the queue of jobs. Find out which one, and take its permission to send away. A message goes by itself after 14 days.";
  return [...groups, { id: "unreadable", title: "Unreadable messages", advice, jobs: [], messages, since: oldest(messages) }];
}

function oldest(letters: readonly DeadLetter[]): string | undefined {
  return letters.flatMap(({ dead_lettered_at }) => dead_lettered_at ?? []).sort()[0];
}

/** `3 customers`, `4 jobs of 3 customers`, `2 messages`. */
export function sizeOf({ jobs, messages }: Pick<Group, "jobs" | "messages">): string {
  if (messages.length > 0) return counted(messages.length, "message");
  const customers = new Set(jobs.map(({ customer_id }) => customer_id)).size;
  const of = counted(customers, "customer");
  return customers === jobs.length ? of : `${counted(jobs.length, "job")} of ${of}`;
}
