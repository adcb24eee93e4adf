// The status of a customer and its last sync as a word and a color.

import StatusIndicator, { type StatusIndicatorProps } from "@cloudscape-design/components/status-indicator";

import type { Customer } from "../api/client";
import { JOB_STATES } from "../jobs/state";
import { Age } from "../components/time";

type Type = StatusIndicatorProps.Type;

/** Name of every status. */
export const CUSTOMER_STATUSES: Record<Customer["status"], string> = {
  active: "Active",
  paused: "Paused",
  needs_attention: "Needs attention",
  deleting: "Deleting",
};
const TYPES: Record<Customer["status"], Type> = {
  active: "success",
  paused: "stopped",
  needs_attention: "warning",
  deleting: "in-progress",
};

export function CustomerStatus({ status }: { status: Customer["status"] }) {
  return <StatusIndicator type={TYPES[status]}>{CUSTOMER_STATUSES[status]}</StatusIndicator>;
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
