// How far two workflows are from each other, in words.

import type { BadgeProps } from "@cloudscape-design/components/badge";

import type { DriftRow, DriftState } from "../api/client";

interface Shown {
  readonly label: string;
  readonly color: NonNullable<BadgeProps["color"]>;
}

export const STATES: Readonly<Record<DriftState, Shown>> = {
  same: { label: "Same", color: "green" },
  layout_only: { label: "Layout only", color: "grey" },
  differs: { label: "Differs", color: "severity-medium" },
  only_left: { label: "Only left", color: "blue" },
  only_right: { label: "Only right", color: "blue" },
  ambiguous: { label: "Ambiguous", color: "severity-low" },
  unreadable: { label: "Unreadable", color: "red" },
};

/** `Differs (3 edits)`. */
export function inWords({ state, edits }: Pick<DriftRow, "state" | "edits">): string {
  const { label } = STATES[state];
  if (state !== "differs" || edits === null || edits === undefined) return label;
  return `${label} (${edits.toLocaleString("en")} ${edits === 1 ? "edit" : "edits"})`;
}

/** Whether it is more than a matter of the canvas. */
export function isDifference({ state }: Pick<DriftRow, "state">): boolean {
  return state !== "same" && state !== "layout_only";
}

/** The page that shows a row: both workflows side by side, or the one that there is. */
export function pageOf(row: DriftRow, leftId: string, rightId: string): string {
  const { left, right } = row;
  if (left && right) return `#/compare/${leftId}/${left.zuora_id}/${rightId}/${right.zuora_id}`;
  return left ? `#/customers/${leftId}/workflows/${left.zuora_id}` : `#/customers/${rightId}/workflows/${right?.zuora_id}`;
}
