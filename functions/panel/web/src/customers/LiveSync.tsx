// The sync under way at the top of a customer's page: how far it is, what it waits for, and a way to stop it.

import Alert from "@cloudscape-design/components/alert";
import Button from "@cloudscape-design/components/button";
import ProgressBar from "@cloudscape-design/components/progress-bar";
import SpaceBetween from "@cloudscape-design/components/space-between";

import type { Customer, Job } from "../api/client";
import { Age, exact } from "../components/time";
import { useCancel } from "../jobs/actions";
import { JOB_STATES } from "../jobs/state";
import { howFar, percentOf } from "./progress";
import { useLiveSync } from "./useLiveSync";

export function LiveSync({ customer }: { customer: Customer }) {
  const job = useLiveSync(customer);
  const cancel = useCancel();
  if (!job) return null;
  return (
    <Alert
      type="info"
      header={job.cancel_requested ? "Sync stopping" : `Sync ${JOB_STATES[job.state][1].toLowerCase()}`}
      action={
        <SpaceBetween direction="horizontal" size="xs">
          <Button href={`#/jobs/${job.id}`}>Show job</Button>
          {job.actions.includes("cancel") && (
            <Button loading={cancel.isPending} onClick={() => cancel.mutate(job)}>
              Cancel sync
            </Button>
          )}
        </SpaceBetween>
      }
    >
      <Words job={job} />
    </Alert>
  );
}

function Words({ job }: { job: Job }) {
  const percent = percentOf(job);
  const most = job.runs?.at(-1)?.in_flight;
  return (
    <SpaceBetween size="xxs">
      {percent !== undefined && <ProgressBar value={percent} ariaLabel="Workflows copied" />}
      <div>
        {howFar(job)} {job.state === "running" && most ? `Up to ${most} ${most === 1 ? "request" : "requests"} at a time.` : ""}
      </div>
      {job.state === "waiting" && job.next_attempt_at && (
        <div>
          It goes on <Age at={job.next_attempt_at} /> ({exact(job.next_attempt_at)}).
        </div>
      )}
      <div>
        Requested <Age at={job.created_at} />.
      </div>
    </SpaceBetween>
  );
}
