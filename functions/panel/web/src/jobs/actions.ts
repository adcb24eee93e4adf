// What can be done with a job, by its state and by what the caller may do. The API decides; this hides what it would refuse.

import { useMutation, useQueryClient } from "@tanstack/react-query";

import { body, type Job, type Me } from "../api/client";
import { may, useApi } from "../api/context";
import { isUnderWay } from "../api/pace";
import { useMessages } from "../parts/messages";

export function mayRetry(me: Me | undefined, job: Job): boolean {
  return job.state === "failed" && job.kind !== "test" && job.kind !== "plan" && may(me, "sync", job.customer_id);
}

export function mayCancel(me: Me | undefined, job: Job): boolean {
  return isUnderWay(job) && !job.cancel_requested && job.kind !== "purge" && may(me, "sync", job.customer_id);
}

export function mayApprove(me: Me | undefined, job: Job): boolean {
  return job.state === "held" && job.kind === "sync" && !!job.held && !job.held.approved && may(me, "approve", job.customer_id);
}

/** Sends each of these jobs on, one after the other, and says how it went. */
export function useRetry(onDone?: (jobs: readonly Job[]) => void) {
  const api = useApi();
  const queries = useQueryClient();
  const messages = useMessages();
  return useMutation({
    mutationFn: async (jobs: readonly string[]) => {
      const done: Job[] = [];
      for (const job of jobs) {
        try {
          done.push(body(await api.POST("/v1/jobs/{job_id}/retry", { params: { path: { job_id: job } } })));
        } catch (error) {
          messages.failed(`${job} could not be tried again`, error);
        }
      }
      return done;
    },
    onSuccess: (done) => {
      if (done.length > 0)
        messages.done(done.length === 1 ? "The job is queued again." : `${done.length} jobs are queued again.`);
      onDone?.(done);
    },
    onSettled: () => queries.invalidateQueries(),
  });
}

export function useCancel() {
  const api = useApi();
  const queries = useQueryClient();
  const messages = useMessages();
  return useMutation({
    mutationFn: async (job: Job) => body(await api.POST("/v1/jobs/{job_id}/cancel", { params: { path: { job_id: job.id } } })),
    onSuccess: (job) =>
      messages.done(
        job.state === "cancelled" ? "The job is cancelled." : "The job will stop at its next step; what it wrote stays.",
      ),
    onError: (error) => messages.failed("The job could not be cancelled", error),
    onSettled: () => queries.invalidateQueries(),
  });
}
