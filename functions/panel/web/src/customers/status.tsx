// The status of a customer and its last sync as a word and a color.

import StatusIndicator, { type StatusIndicatorProps } from "@cloudscape-design/components/status-indicator";

import type { Customer } from "../api/client";
import { JOB_STATES } from "../jobs/state";
import { Age } from "../components/time";

type Type = StatusIndicatorProps.Type;

const CUSTOMER: Record<Customer["status"], readonly [Type, string]> = {
  active: ["success", "Active"],
  paused: ["stopped", "Paused"],
  needs_attention: ["warning", "Needs attention"],
  deleting: ["in-progress", "Deleting"],
};

export function CustomerStatus({ status }: { status: Customer["status"] }) {
  const [type, text] = CUSTOMER[status];
  return <StatusIndicator type={type}>{text}</StatusIndicator>;
}

/** Time of the last complete sync, or "Never". */
export function LastComplete({ at }: { at: Customer["last_complete_sync_at"] }) {
  return at ? <Age at={at} /> : <>Never</>;
}

/** Result and age of the last sync. */
export function LastSync({ of }: { of: Customer["last_sync"] }) {
  if (!of) return <StatusIndicator type="info">Never</StatusIndicator>;
  const [type, text] = JOB_STATES[of.state];
  return (
    <StatusIndicator type={type}>
      {text}, <Age at={of.finished_at} />
    </StatusIndicator>
  );
}
