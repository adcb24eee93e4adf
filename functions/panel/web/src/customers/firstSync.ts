// The syncs that the trend of a customer shows.

import type { Job } from "../api/client";

/** A sync that only created: the first one, or the first of another tenant. On its scale the others cannot be seen. */
function isFirst({ stats: { created, updated, unchanged, deleted } }: Pick<Job, "stats">): boolean {
  return created > 0 && updated === 0 && unchanged === 0 && deleted === 0;
}

/** The syncs to draw, oldest first, and what was left out, in words. */
export function drawn<Sync extends Pick<Job, "stats">>(ended: readonly Sync[]) {
  const shown = ended.filter((sync) => !isFirst(sync));
  const created = ended.filter(isFirst).reduce((sum, { stats }) => sum + stats.created, 0);
  const workflows = created === 1 ? "1 workflow" : `${created.toLocaleString("en")} workflows`;
  return { shown, leftOut: created > 0 ? `Not shown: the first sync, which created ${workflows}.` : undefined };
}
