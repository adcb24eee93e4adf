// The result of retries in words: what is known of it, and no more.

import type { Job, Redriven } from "../api/client";
import { isUnderWay } from "../api/pace";
import { counted } from "../components/counted";

interface Report {
  readonly type: "info" | "success" | "warning";
  readonly text: string;
}

/** `states` are those of the jobs that are followed; undefined for one that was not read yet. */
export function reportOf(of: Redriven, states: readonly (Job["state"] | undefined)[]): Report {
  const number = (...wanted: readonly Job["state"][]) => states.filter((state) => state && wanted.includes(state)).length;
  const open = states.filter((state) => !state || isUnderWay({ state })).length;
  const succeeded = number("succeeded");
  const others = [
    number("failed") && `${number("failed")} failed again`,
    number("incomplete") && `${number("incomplete")} incomplete`,
    number("held") && `${number("held")} held`,
    number("cancelled") && `${number("cancelled")} cancelled`,
  ].filter(Boolean);
  const rest = [
    of.superseded > 0 && `${counted(of.superseded, "job")} not started: another sync of the customer is under way.`,
    of.skipped > 0 && `${counted(of.skipped, "job")} not started: the customer is paused or gone.`,
    (of.remaining > 0 || !of.is_counted) && `${of.is_counted ? "" : "At least "}${of.remaining} left: retry all again for those.`,
  ].filter(Boolean);
  const told = states.length === 0 || states.length === open ? queued(of.job_ids.length) : soFar();
  const text = [told, ...rest].filter(Boolean).join(" ");
  if (states.length === 0 || open > 0) return { type: "info", text };
  return { type: others.length > 0 || rest.length > 0 ? "warning" : "success", text };

  function soFar(): string {
    const of = states.length === 1 ? (succeeded ? "The job succeeded" : "") : `${succeeded} of ${states.length} succeeded`;
    const parts = [of, ...others, open > 0 && `${open} in progress`].filter(Boolean);
    return `${parts.join(", ")}.`;
  }
}

function queued(count: number): string {
  if (count === 0) return "";
  return count === 1 ? "1 job is queued again." : `${count.toLocaleString("en")} jobs are queued again.`;
}
