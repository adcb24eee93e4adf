// What became of the jobs that were retried, while the page is open.

import Alert from "@cloudscape-design/components/alert";
import LiveRegion from "@cloudscape-design/components/live-region";
import { useQueries, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";

import { useApi } from "../api/context";
import { isUnderWay } from "../api/pace";
import { jobOptions } from "../jobs/useJob";
import { reportOf } from "./report";
import type { Retried } from "./actions";

/** Each job followed is a request every few seconds. */
const MOST_FOLLOWED = 20;

export function Progress({ of, close }: { of: Retried; close: () => void }) {
  const api = useApi();
  const queries = useQueryClient();
  const followed = of.job_ids.length <= MOST_FOLLOWED ? of.job_ids : [];
  const jobs = useQueries({ queries: followed.map((id) => jobOptions(api, id)) });
  const states = jobs.map(({ data }) => data?.state);
  const ended = states.filter((state) => state && !isUnderWay({ state })).length;
  // The list shows those that failed again.
  useEffect(() => {
    if (ended > 0)
      void queries
        .invalidateQueries({ queryKey: ["dead-letters"] })
        .then(() => queries.invalidateQueries({ queryKey: ["stats"] }));
  }, [ended, queries]);
  const { type, text } = reportOf(of, states);
  return (
    <LiveRegion>
      <Alert type={type} dismissible onDismiss={close} dismissAriaLabel="Close">
        {text}
      </Alert>
    </LiveRegion>
  );
}
