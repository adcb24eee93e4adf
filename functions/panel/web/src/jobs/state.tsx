// The state of a job as a word and a color.

import StatusIndicator, { type StatusIndicatorProps } from "@cloudscape-design/components/status-indicator";

import type { Job } from "../api/client";

/** Indicator type and name of every state. */
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

/** Name of every kind of job. */
export const JOB_KINDS: Record<Job["kind"], string> = {
  sync: "Sync",
  plan: "Dry run",
  purge: "Deletion",
  test: "Connection test",
};

/** What caused a job that nobody asked for. */
const TRIGGERS: Record<Job["trigger"], string> = {
  schedule: "Schedule",
  manual: "A user",
  created: "New customer",
  credentials_changed: "Changed credentials",
  follow_up: "A request during an earlier sync",
  approval: "Approval",
  deleted: "Deleted customer",
};

/** The user who asked for the job, or what caused it. */
export function askedBy({ actor_email, actor, trigger }: Job): string {
  return actor_email ?? actor ?? TRIGGERS[trigger];
}

/** Groups of jobs for operators: their states, and the filters that show them. */
export const JOB_GROUPS = {
  waiting: { label: "Waiting", states: ["queued", "waiting"], filters: "state=queued,waiting" },
  running: { label: "Running", states: ["running"], filters: "state=running" },
  failed: { label: "Failed", states: ["failed"], filters: "state=failed" },
  // Only the held jobs that still await approval.
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
