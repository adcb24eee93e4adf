// Retrying all failed jobs that match the filters of the page. They are counted before the user confirms.

import Alert from "@cloudscape-design/components/alert";
import Spinner from "@cloudscape-design/components/spinner";
import { useQuery } from "@tanstack/react-query";

import { body, type Job } from "../api/client";
import { useApi } from "../api/context";
import { collect } from "../api/collect";
import { Confirm } from "../components/Confirm";
import { useRetry } from "./actions";
import { jobQuery } from "./query";

/** The result if the filters exclude failed jobs. */
const NONE = { items: [], isCut: false } as const;

interface Properties {
  /** The filters as parameters of the API. */
  readonly filters: Record<string, string>;
  /** The filters in words; empty if there are none. */
  readonly described: string;
  readonly close: () => void;
}

export function RetryMatching({ filters, described, close }: Properties) {
  const api = useApi();
  const retry = useRetry(close);
  const found = useQuery({
    queryKey: ["jobs-to-retry", filters],
    queryFn: async () => {
      if (filters.state && !filters.state.split(",").includes("failed")) return NONE;
      const failed = { ...filters, state: "failed" };
      return collect<Job>(async (page) =>
        body(await api.GET("/v1/jobs", { params: { query: jobQuery({ ...page, ...failed }) } })),
      );
    },
    gcTime: 0,
  });
  const jobs = (found.data?.items ?? []).filter((job) => job.actions.includes("retry"));
  return (
    <Confirm
      title={described ? "Retry all failed jobs that match?" : "Retry all failed jobs?"}
      action={found.data ? `Retry ${jobs.length}` : "Retry"}
      isBusy={found.isLoading || retry.isPending}
      isAllowed={jobs.length > 0}
      error={found.error}
      onConfirm={() => retry.mutate(jobs.map((job) => job.id))}
      onClose={close}
    >
      {found.isLoading && <Spinner />}
      {found.data &&
        `${jobs.length === 1 ? "1 failed job" : `${jobs.length} failed jobs`} can be retried${described && ` (${described})`}.`}
      {found.data?.isCut && (
        <Alert type="info">There are more. Only the newest {found.data.items.length} failed jobs were checked.</Alert>
      )}
    </Confirm>
  );
}
