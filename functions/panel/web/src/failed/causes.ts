// Why jobs failed, in words. Those listed here failed for good: whatever was tried again by itself is not any more.

import type { ErrorClass, Failure } from "../api/client";
import { labelled } from "../components/filter";

/** The name of every class of error. */
export const CAUSES: Record<ErrorClass, string> = {
  config: "Invalid credentials or address",
  permission: "The Zuora user may not read workflows",
  rate_limit: "Zuora's request limit is used up",
  transient: "Zuora cannot be reached",
  guard: "Changes wait for an approval",
  too_large: "Over a limit of this installation",
  lost: "The job was lost",
  cancelled: "Cancelled",
  bug: "A defect of this product",
};

/** The filter of lists by class of error. */
export const CAUSE_FILTER = { key: "error_class", label: "Cause", options: labelled(CAUSES) } as const;

/** The next step where it is another than before the last attempt. */
const AFTER_THE_LAST: Partial<Record<ErrorClass, string>> = {
  transient:
    "It is not tried again by itself. Look at trust.zuora.com for an outage of Zuora; if only this installation is affected, at its connection to the internet (VPC, NAT, firewall, proxy). Then retry.",
  rate_limit: "It is not tried again by itself. Wait until Zuora's limit allows more requests, then retry.",
};

/** What to do about the error of a job that failed for good. */
export function adviceOn(error: Failure): string {
  return AFTER_THE_LAST[error.class] ?? error.next_step;
}
