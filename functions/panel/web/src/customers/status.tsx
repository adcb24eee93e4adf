// The status of a customer, its health and its last sync as a word and a color.

import Badge from "@cloudscape-design/components/badge";
import Box from "@cloudscape-design/components/box";
import StatusIndicator, { type StatusIndicatorProps } from "@cloudscape-design/components/status-indicator";

import type { Customer, HealthState } from "../api/client";
import { JOB_STATES } from "../jobs/state";
import { Age } from "../components/time";
import { HEALTH } from "./health";

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

export function Health({ state }: { state: HealthState }) {
  const { type, label } = HEALTH[state];
  return (
    <StatusIndicator type={type} wrapText={false}>
      {label}
    </StatusIndicator>
  );
}

/** The health of a customer in a list: below it the reason and since when, unless all is well; and whether it is syncing. */
export function HealthOf({ customer: { health, syncing } }: { customer: Customer }) {
  const { since, state } = health;
  const reason = health.reason ?? HEALTH[state].sentence;
  return (
    <>
      <Health state={state} /> {syncing && <Badge color="blue">Syncing</Badge>}
      {state !== "ok" && (
        <Box variant="small" display="block">
          <span className="clamped" title={reason}>
            {since && <Age at={since} />}
            {since && ": "}
            {reason}
          </span>
        </Box>
      )}
    </>
  );
}

/** Time of the last complete sync, or "Never". */
export function LastComplete({ at }: { at: Customer["last_complete_sync_at"] }) {
  return at ? <Age at={at} /> : <>Never</>;
}

/** Time of the next sync, or the reason why none is planned. */
export function NextSync({ of }: { of: Pick<Customer, "status" | "next_sync_at"> }) {
  if (of.status === "paused") return <>Paused</>;
  return of.next_sync_at ? <Age at={of.next_sync_at} /> : <>Manual only</>;
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
