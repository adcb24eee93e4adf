import { useQuery } from "@tanstack/react-query";

import { body } from "../api/client";
import { useApi } from "../api/context";
import { paceOfJob } from "../api/pace";

/** A job, polled while it is under way. */
export function useJob(id: string) {
  const api = useApi();
  return useQuery({
    queryKey: ["job", id],
    queryFn: async () => body(await api.GET("/v1/jobs/{job_id}", { params: { path: { job_id: id } } })),
    refetchInterval: (query) => paceOfJob(query.state.data),
  });
}
