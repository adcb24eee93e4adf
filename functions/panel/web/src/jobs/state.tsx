// How a job is, in a word and a colour.

import StatusIndicator, { type StatusIndicatorProps } from "@cloudscape-design/components/status-indicator";

import type { Job } from "../api/client";
import { words } from "../components/filter";

/** For every state: how it looks, and what it is called. */
export const JOB_STATES: Record<Job["state"], readonly [StatusIndicatorProps.Type, string]> = {
  queued: ["pending", "Queued"],
  running: ["in-progress", "Running"],
  waiting: ["pending", "Waiting"],
  succeeded: ["success", "Succeeded"],
  held: ["warning", "Held"],
  incomplete: ["warning", "Incomplete"],
  failed: ["error", "Failed"],
  cancelled: ["stopped", "Cancelled"],
};

/** What every kind of job is called. */
export const JOB_KINDS: Record<Job["kind"], string> = {
  sync: "Sync",
  plan: "Dry run",
  purge: "Deletion",
  test: "Connection test",
};

/** Why a job can fail, by what has to be done about it. */
export const ERROR_CLASSES = words(
  "config",
  "permission",
  "rate_limit",
  "transient",
  "guard",
  "too_large",
  "lost",
  "cancelled",
  "bug",
);

/** Jobs as an operator thinks of them: their states, and the filters that show them. */
export const JOB_GROUPS = {
  waiting: { label: "Waiting", states: ["queued", "waiting"], filters: "state=queued,waiting" },
  running: { label: "Running", states: ["running"], filters: "state=running" },
  failed: { label: "Failed", states: ["failed"], filters: "state=failed" },
  // Of those in this state only the ones that somebody can act on.
  held: { label: "Held", states: ["held"], filters: "awaiting_approval=true" },
  done: { label: "Done", states: ["succeeded", "incomplete", "cancelled"], filters: "state=succeeded,incomplete,cancelled" },
} as const;
export type JobGroup = keyof typeof JOB_GROUPS;

export function JobState({ state }: { state: Job["state"] }) {
  const [type, text] = JOB_STATES[state];
  return (
    <StatusIndicator type={type} wrapText={false}>
      {text}
    </StatusIndicator>
  );
}
