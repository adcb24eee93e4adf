// Two workflows compared as the API answers it.

import type { ComparedSide } from "../api/client";
import { readDiff, type Diff } from "../diff/diff";

export interface Comparison {
  readonly left: ComparedSide;
  readonly right: ComparedSide;
  /** Under what is stored about the two customers. */
  readonly ruled: boolean;
  readonly diff: Diff;
}

export function readComparison(json: string): Comparison {
  const { left, right, ruled } = JSON.parse(json) as Comparison;
  return { left, right, ruled, diff: { ...readDiff(json), from: left.hash, to: right.hash } };
}
