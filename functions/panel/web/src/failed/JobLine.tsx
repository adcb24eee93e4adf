// A job that failed: whose, what, since when, the first words of its error, and its buttons.

import Button from "@cloudscape-design/components/button";
import Link from "@cloudscape-design/components/link";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";

import type { DeadLetterJob } from "../api/client";
import { counted } from "../components/counted";
import { CustomerName } from "../components/CustomerName";
import { Age } from "../components/time";
import { JOB_KINDS } from "../jobs/state";

export interface JobActions {
  /** True while something is done to the job. */
  readonly isBusy: (job: string) => boolean;
  readonly retry: (job: string) => void;
  readonly dismiss: (job: string) => void;
}

export function JobLine({ job, isBusy, retry, dismiss }: { job: DeadLetterJob } & JobActions) {
  const [isOpen, setOpen] = useState(false);
  const { job_id: id, error, actions, retry_refused: refused } = job;
  return (
    <li>
      <div className="failure-line">
        <Toggle isOpen={isOpen} toggle={() => setOpen(!isOpen)} what={id} />
        <span className="failure-name">
          <CustomerName id={job.customer_id} isOneOfMany />
        </span>
        <span className="failure-kind">
          <Link href={`#/jobs/${id}`}>{JOB_KINDS[job.kind]}</Link>
        </span>
        <span>{job.dead_lettered_at && <Age at={job.dead_lettered_at} />}</span>
        <span>{counted(job.attempts, "attempt")}</span>
        <span className="failure-error">{error?.message}</span>
        <span className="failure-actions">
          <SpaceBetween direction="horizontal" size="s">
            {(actions.includes("retry") || refused) && (
              <Button
                variant="inline-link"
                loading={isBusy(id)}
                disabled={Boolean(refused)}
                disabledReason={refused ?? undefined}
                ariaLabel={`Retry ${id}`}
                onClick={() => retry(id)}
              >
                Retry
              </Button>
            )}
            {actions.includes("dismiss") && (
              <Button variant="inline-link" disabled={isBusy(id)} ariaLabel={`Dismiss ${id}`} onClick={() => dismiss(id)}>
                Dismiss
              </Button>
            )}
          </SpaceBetween>
        </span>
      </div>
      {isOpen && (
        <div className="failure-details">
          <SpaceBetween size="xs">
            <div>{error?.message ?? "No reason was given."}</div>
            {error && <div>{error.next_step}</div>}
            {refused && <div>It cannot be retried now. {refused}</div>}
          </SpaceBetween>
        </div>
      )}
    </li>
  );
}

export function Toggle({ isOpen, toggle, what }: { isOpen: boolean; toggle: () => void; what: string }) {
  return (
    <Button
      variant="icon"
      iconName={isOpen ? "caret-down-filled" : "caret-right-filled"}
      ariaExpanded={isOpen}
      ariaLabel={`Details: ${what}`}
      onClick={toggle}
    />
  );
}
