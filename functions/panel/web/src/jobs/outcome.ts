// The end of a job in a sentence.

import type { Job, Stats } from "../api/client";

/** `3 created, 1 updated`, or `no changes`: only what is not zero. */
export function changesIn({ created, updated, deleted, errors }: Stats): string {
  const parts = [
    created && `${created} created`,
    updated && `${updated} updated`,
    deleted && `${deleted} deleted`,
    errors && (errors === 1 ? "1 error" : `${errors} errors`),
  ];
  return parts.filter(Boolean).join(", ") || "no changes";
}

interface Outcome {
  readonly type: "success" | "warning" | "error" | "info";
  readonly text: string;
}

/** How a job ended; undefined while it is under way. `what` is its subject: "Sync of Acme". */
export function outcomeOf(job: Job, what: string): Outcome | undefined {
  switch (job.state) {
    case "succeeded":
      return { type: "success", text: job.kind === "sync" ? `${what}: ${changesIn(job.stats)}.` : `${what} succeeded.` };
    case "incomplete":
      return { type: "warning", text: `${what} is incomplete: ${changesIn(job.stats)}.` };
    case "held":
      return { type: "warning", text: `${what} is held: ${job.held?.reason ?? "it waits for approval."}` };
    case "failed":
      return { type: "error", text: `${what} failed: ${job.error?.message ?? "no reason was given."}` };
    case "cancelled":
      return { type: "info", text: `${what} was cancelled.` };
    default:
      return undefined;
  }
}
