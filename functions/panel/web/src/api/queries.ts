// What more than one page asks of the API: asked, named and kept in one way.

import { useQuery } from "@tanstack/react-query";

import { body } from "./client";
import { useApi } from "./context";

/** The counters of customers, workflows, tasks and jobs; looked at again after so many milliseconds, if any are given. */
export function useStats(refetchInterval: number | false = false) {
  const api = useApi();
  return useQuery({ queryKey: ["stats"], queryFn: async () => body(await api.GET("/v1/stats")), refetchInterval });
}

/** The newest dead letters, at most 200; looked at again after so many milliseconds. */
export function useDeadLetters(refetchInterval: number) {
  const api = useApi();
  return useQuery({
    queryKey: ["dead-letters"],
    queryFn: async () => body(await api.GET("/v1/dead-letters", { params: { query: { limit: 200 } } })),
    refetchInterval,
  });
}
