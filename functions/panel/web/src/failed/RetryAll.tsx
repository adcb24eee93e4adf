// Retrying all failures of a group, after saying which and how many.

import { useMutation, useQueryClient } from "@tanstack/react-query";

import { body, type Redriven } from "../api/client";
import { useApi } from "../api/context";
import { Confirm } from "../components/Confirm";
import { counted } from "../components/counted";
import { sizeOf, type Group } from "./groups";

interface Properties {
  readonly group: Group;
  /** The filters of the page, as the API takes them and in words. */
  readonly filters: Readonly<Record<string, string>>;
  readonly described: string;
  /** There are more than the page shows. */
  readonly isCut: boolean;
  readonly onDone: (result: Redriven) => void;
  readonly close: () => void;
}

export function RetryAll({ group, filters, described, isCut, onDone, close }: Properties) {
  const api = useApi();
  const queries = useQueryClient();
  const redrive = useMutation({
    mutationFn: async () => {
      const wanted = { ...filters, ...(group.errorClass && { error_class: group.errorClass }) };
      return body(await api.POST("/v1/dead-letters/redrive", { body: wanted }));
    },
    onSuccess: (result) => {
      onDone(result);
      close();
    },
    onSettled: () => queries.invalidateQueries(),
  });
  const jobs = group.jobs.filter(({ actions }) => actions.includes("retry"));
  const number = `${isCut ? "at least " : ""}${counted(jobs.length, "failed job")}`;
  return (
    <Confirm
      title={`Retry ${number}?`}
      action={`Retry ${isCut ? "all" : jobs.length}`}
      isBusy={redrive.isPending}
      error={redrive.error}
      onConfirm={() => redrive.mutate()}
      onClose={close}
    >
      <div>
        {group.title}: {sizeOf({ jobs, messages: [] })}.
      </div>
      {described && <div>{described}</div>}
      <div>Each job is queued again. Fix the cause first: jobs that fail again come back here.</div>
    </Confirm>
  );
}
