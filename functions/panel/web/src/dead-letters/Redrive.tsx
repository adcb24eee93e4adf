// Redriving all dead letters that match the filters of the page.

import Alert from "@cloudscape-design/components/alert";
import { useMutation, useQueryClient } from "@tanstack/react-query";

import { body, type RedriveFilter } from "../api/client";
import { useApi } from "../api/context";
import { Confirm } from "../components/Confirm";

interface Properties {
  /** The filters as the API takes them. */
  readonly filters: RedriveFilter;
  /** The filters in words; empty if there are none. */
  readonly described: string;
  readonly close: () => void;
}

/** One call redrives a limited number; the dialog shows how many remain and offers another. */
export function Redrive({ filters, described, close }: Properties) {
  const api = useApi();
  const queries = useQueryClient();
  const redrive = useMutation({
    mutationFn: async () => body(await api.POST("/v1/dead-letters/redrive", { body: filters })),
    onSettled: () => queries.invalidateQueries(),
  });
  const result = redrive.data;
  return (
    <Confirm
      title={described ? "Retry all dead letters that match?" : "Retry all dead letters?"}
      action={result ? "Retry the rest" : "Retry all"}
      isBusy={redrive.isPending}
      isAllowed={!result || result.remaining > 0 || !result.is_counted}
      error={redrive.error}
      onConfirm={() => redrive.mutate()}
      onClose={close}
      leave={result ? "Close" : "Cancel"}
    >
      {described && <div>{described}</div>}
      {result ? (
        <Alert type={result.remaining > 0 || !result.is_counted ? "info" : "success"}>
          {result.redriven} queued again, {result.superseded} covered by another sync in progress, {result.skipped} skipped,{" "}
          {!result.is_counted && "at least "}
          {result.remaining} remaining.
        </Alert>
      ) : (
        "Each job is queued again. Fix the cause first: jobs that fail again come back here."
      )}
    </Confirm>
  );
}
