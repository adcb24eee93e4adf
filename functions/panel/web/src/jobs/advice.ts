// The next step for the state that a job is in. The API's own is about its error, whether another attempt follows or none.

import type { Job } from "../api/client";

export function adviceOn({ state, error, attempts }: Pick<Job, "state" | "error" | "attempts">): string | undefined {
  if (!error) return undefined;
  // These are tried again until the last attempt has failed.
  if (state === "failed" && (error.class === "transient" || error.class === "rate_limit")) {
    const tried = attempts === 1 ? "It is not tried again." : `It failed ${attempts} times and is not tried again.`;
    return `${tried} ${WHERE_TO_LOOK[error.class]} Then retry the job.`;
  }
  return error.next_step;
}

const WHERE_TO_LOOK = {
  transient:
    "Look at trust.zuora.com for an outage of Zuora; if only this installation is affected, at its connection to the internet (VPC, NAT, firewall, proxy).",
  rate_limit: "Wait until Zuora's limit allows more requests, or let other programs that use the same tenant make fewer.",
} as const;
