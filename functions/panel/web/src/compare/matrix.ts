// The drifts of one customer against several others as one table: a row for each workflow, a cell for each of the others.

import type { DriftRow } from "../api/client";
import { isDifference } from "./states";

export interface MatrixRow {
  readonly id: string;
  readonly name: string;
  /** In the order of the other customers; undefined where neither has the workflow. */
  readonly cells: readonly (DriftRow | undefined)[];
}

/**
 * The rows in the order of the names. Workflows that the left customer has are told apart by their ids; those that only others have
 * by their names, and by their order where one customer has several of a name.
 */
export function matrix(drifts: readonly (readonly DriftRow[])[]): readonly MatrixRow[] {
  const rows = new Map<string, { name: string; cells: (DriftRow | undefined)[] }>();
  drifts.forEach((drift, column) => {
    const ordinals = new Map<string, number>();
    for (const row of drift) {
      const name = (row.left ?? row.right)?.name ?? "(no name)";
      const ordinal = ordinals.get(name) ?? 0;
      if (!row.left) ordinals.set(name, ordinal + 1);
      const id = row.left ? `left ${row.left.zuora_id}` : `others ${ordinal} ${name}`;
      const { cells } = rows.get(id) ?? rows.set(id, { name, cells: drifts.map(() => undefined) }).get(id)!;
      cells[column] = row;
    }
  });
  return [...rows].map(([id, row]) => ({ id, ...row })).toSorted((one, other) => one.name.localeCompare(other.name));
}

/** Whether any of the others differs from the left customer. */
export function hasDifference({ cells }: MatrixRow): boolean {
  return cells.some((cell) => cell !== undefined && isDifference(cell));
}
