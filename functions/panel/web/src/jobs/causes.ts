// Why jobs failed, in words.

import type { ErrorClass } from "../api/client";
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
