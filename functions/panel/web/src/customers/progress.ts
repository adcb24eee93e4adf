// How far a sync under way is.

import type { Job } from "../api/client";

/** How far a sync is: `1,200 of 2,000 workflows copied`. */
export function howFar({ state, progress, error }: Pick<Job, "state" | "progress" | "error">): string {
  if (state === "queued") return "It starts as soon as its turn comes.";
  if (state === "waiting" && error) return error.class === "rate_limit" ? "Zuora asked to wait." : error.message;
  if (!progress) return "";
  const count = (number: number) => number.toLocaleString("en");
  if (progress.to_export == null) return `${count(progress.listed)} workflows listed so far.`;
  return `${count(progress.exported)} of ${count(progress.to_export)} workflows copied.`;
}

/** How much of it is done, in percent; undefined until that is known. */
export function percentOf({ progress }: Pick<Job, "progress">): number | undefined {
  return progress?.to_export ? (100 * progress.exported) / progress.to_export : undefined;
}
