import { queryOptions, useQuery } from "@tanstack/react-query";

import { body, type Api } from "../api/client";
import { useApi } from "../api/context";
import { paceOfJob } from "../api/pace";

/** A job, polled while it is under way. */
export function jobOptions(api: Api, id: string) {
  return queryOptions({
    queryKey: ["job", id],
    queryFn: async () => body(await api.GET("/v1/jobs/{job_id}", { params: { path: { job_id: id } } })),
    refetchInterval: (query) => paceOfJob(query.state.data),
  });
}

export function useJob(id: string) {
  return useQuery(jobOptions(useApi(), id));
}
