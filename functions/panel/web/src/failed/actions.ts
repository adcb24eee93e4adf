// Retrying and dismissing open failures, and what was retried while the page is open.

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useCallback, useState } from "react";

import { body, type Redriven } from "../api/client";
import { useApi } from "../api/context";
import { useMessages } from "../components/messages";

export function useRetryOne(onDone: (result: Redriven) => void) {
  const api = useApi();
  const queries = useQueryClient();
  const messages = useMessages();
  return useMutation({
    mutationFn: async (job: string) => body(await api.POST("/v1/jobs/{job_id}/retry", { params: { path: { job_id: job } } })),
    onSuccess: ({ id, superseded_by }) => {
      const isOther = superseded_by != null;
      onDone({
        ...NOTHING,
        redriven: isOther ? 0 : 1,
        superseded: isOther ? 1 : 0,
        job_ids: isOther ? [] : [id],
      });
    },
    onError: (error) => messages.failed("The job could not be retried", error),
    onSettled: () => queries.invalidateQueries(),
  });
}

export function useDismiss() {
  const api = useApi();
  const queries = useQueryClient();
  const messages = useMessages();
  return useMutation({
    mutationFn: async (job: string) => body(await api.POST("/v1/jobs/{job_id}/dismiss", { params: { path: { job_id: job } } })),
    onSuccess: () =>
      messages.done("The failure is dismissed. The job stays in the list of all jobs, and can still be retried there."),
    onError: (error) => messages.failed("The failure could not be dismissed", error),
    onSettled: () => queries.invalidateQueries(),
  });
}

const NOTHING: Redriven = { redriven: 0, superseded: 0, skipped: 0, remaining: 0, is_counted: true, job_ids: [] };

/** What was retried since the last report was closed. */
export interface Retried extends Redriven {
  readonly id: string;
}

/** Adds up the results of retries. A job that was retried twice is one job. */
export function useRetried() {
  const [all, setAll] = useState<Retried>();
  const add = useCallback((result: Redriven) => {
    setAll((before) => {
      const job_ids = [...new Set([...(before?.job_ids ?? []), ...result.job_ids])];
      const superseded = (before?.superseded ?? 0) + result.superseded;
      // What is left and was skipped is as the last call found it.
      return { ...result, id: before?.id ?? crypto.randomUUID(), job_ids, superseded, redriven: job_ids.length };
    });
  }, []);
  return { all, add, close: () => setAll(undefined) };
}
