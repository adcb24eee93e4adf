import type { FindingLevel } from "../api/client";

/** Worst first. */
export const LEVELS: Readonly<Record<FindingLevel, string>> = { error: "Error", warning: "Warning", info: "Info" };

const ORDER = Object.keys(LEVELS) as readonly FindingLevel[];

/** Sorts the worst first; what is alike stays in its order. */
export function byLevel(one: { readonly level: FindingLevel }, other: { readonly level: FindingLevel }): number {
  return ORDER.indexOf(one.level) - ORDER.indexOf(other.level);
}
