// The health of customers in words, and the filters and addresses that list those of a health.

import type { StatusIndicatorProps } from "@cloudscape-design/components/status-indicator";

import type { HealthState } from "../api/client";
import { type Filter, YES } from "../components/filter";

interface InWords {
  readonly type: StatusIndicatorProps.Type;
  readonly label: string;
  /** What the state means, for a customer of which no other reason is known. */
  readonly sentence: string;
}

/** Every state in words, worst first. */
export const HEALTH: Record<HealthState, InWords> = {
  held: { type: "warning", label: "Held", sentence: "Changes are waiting for approval." },
  failing: { type: "error", label: "Failing", sentence: "The last sync failed." },
  incomplete: { type: "warning", label: "Incomplete", sentence: "The last sync left something out." },
  stale: { type: "warning", label: "Out of date", sentence: "No sync has been complete for two sync intervals." },
  waiting: { type: "pending", label: "Waiting for Zuora", sentence: "A sync is waiting for Zuora." },
  never_synced: { type: "info", label: "Never synced", sentence: "No sync has finished yet." },
  paused: { type: "stopped", label: "Paused", sentence: "It is not synced until it is resumed." },
  ok: { type: "success", label: "OK", sentence: "The copy is complete and up to date." },
};

/** The filter of the list of customers. */
export const HEALTH_FILTER: Filter = {
  key: "health",
  label: "Health",
  options: Object.entries(HEALTH).map(([value, { label }]) => ({ value, label })),
  isMany: true,
};

/** The filter of those that need a person; which these are, the API decides. */
export const NEED_FILTER: Filter = { key: "needs_person", label: "Needs attention", options: YES };

/** The address of the list of those. */
export const NEEDY = `#/customers?${NEED_FILTER.key}=true`;

/** One tag at a time. */
export const TAG_FILTER: Filter = { key: "tag", label: "Tag" };

/** The address of the list of the customers in these states. */
export function addressOf(states: readonly HealthState[]): string {
  return `#/customers?${HEALTH_FILTER.key}=${states.join(",")}`;
}
