// How a job is, in a word and a colour.

import StatusIndicator, { type StatusIndicatorProps } from "@cloudscape-design/components/status-indicator";

import type { Job } from "../api/client";

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

export function JobState({ state }: { state: Job["state"] }) {
  const [type, text] = JOB_STATES[state];
  return <StatusIndicator type={type}>{text}</StatusIndicator>;
}
