// Actions on many customers in words, and their results in the order in which they are read.

import type { StatusIndicatorProps } from "@cloudscape-design/components/status-indicator";

import type { BulkAction, BulkOutcome, BulkResult } from "../api/client";

interface InWords {
  /** In the menu. */
  readonly text: string;
  /** On the button that confirms. */
  readonly action: string;
  readonly question: (customers: string) => string;
  readonly effect: string;
}

export const BULK: Record<BulkAction, InWords> = {
  sync: {
    text: "Sync",
    action: "Sync",
    question: (customers) => `Sync ${customers}?`,
    effect: "A sync of each is queued. Those under way are not queued twice.",
  },
  pause: {
    text: "Pause",
    action: "Pause",
    question: (customers) => `Pause ${customers}?`,
    effect: "They are not synced until they are resumed.",
  },
  resume: {
    text: "Resume",
    action: "Resume",
    question: (customers) => `Resume ${customers}?`,
    effect: "A sync of each is queued.",
  },
  set_frequency: {
    text: "Set frequency…",
    action: "Set frequency",
    question: (customers) => `Set the sync frequency of ${customers}?`,
    effect: "",
  },
};

export const OUTCOMES: Record<BulkOutcome["outcome"], readonly [StatusIndicatorProps.Type, string]> = {
  refused: ["error", "Refused"],
  done: ["success", "Done"],
  unchanged: ["info", "Unchanged"],
};

/** The refused ones first: they are the ones to look at. */
export function inOrder(items: readonly BulkOutcome[]): readonly BulkOutcome[] {
  const order = Object.keys(OUTCOMES);
  return items.toSorted((one, other) => order.indexOf(one.outcome) - order.indexOf(other.outcome));
}

/** `Done: 3. Refused: 1.`, without the outcomes that did not occur. */
export function summaryOf(result: BulkResult): string {
  const parts = (["done", "unchanged", "refused"] as const).filter((outcome) => result[outcome] > 0);
  return parts.map((outcome) => `${OUTCOMES[outcome][1]}: ${result[outcome].toLocaleString("en")}.`).join(" ");
}
