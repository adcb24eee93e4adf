// Actions on jobs. The API says which of them apply to a job (`actions`).

import { useMutation, useQueryClient } from "@tanstack/react-query";

import { body, type Job } from "../api/client";
import { useApi } from "../api/context";
import { useMessages } from "../components/messages";

/** Retries these jobs one after the other, and shows the result. */
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
          messages.failed(`${job} could not be retried`, error);
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
        job.state === "cancelled"
          ? "The job is cancelled."
          : "The job will stop at its next step. What it has stored so far is kept.",
      ),
    onError: (error) => messages.failed("The job could not be cancelled", error),
    onSettled: () => queries.invalidateQueries(),
  });
}
