import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";

import { body, type Customer, type Job } from "../api/client";
import { useApi } from "../api/context";
import { isUnderWay, LIVE_MS } from "../api/pace";
import { jobOptions } from "../jobs/useJob";

/** The sync under way, if there is one; watched until it has ended. */
export function useLiveSync({ id, syncing }: Customer): Job | undefined {
  const api = useApi();
  const queries = useQueryClient();
  const found = useQuery({
    queryKey: ["live-sync", id],
    queryFn: async () => {
      const query = {
        customer_id: id,
        kind: "sync" as const,
        state: ["queued" as const, "waiting" as const, "running" as const],
        limit: 1,
      };
      return body(await api.GET("/v1/jobs", { params: { query } })).items[0]?.id ?? null;
    },
    enabled: syncing,
    refetchInterval: LIVE_MS,
  });
  const jobId = (syncing && found.data) || "";
  const job = useQuery({ ...jobOptions(api, jobId), enabled: jobId !== "" }).data;
  const isLive = job !== undefined && isUnderWay(job);
  const hasEnded = job !== undefined && !isLive;
  useEffect(() => {
    if (hasEnded) void queries.invalidateQueries({ queryKey: ["customer", id] });
  }, [queries, id, hasEnded]);
  return isLive ? job : undefined;
}
