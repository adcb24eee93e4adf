import { useQuery } from "@tanstack/react-query";

import { body, type DeadLetter } from "../api/client";
import { collect } from "../api/collect";
import { useApi } from "../api/context";
import { CALM_MS, LIVE_MS } from "../api/pace";

/** In pages of 200. */
const MOST_PAGES = 5;

/** The newest 1,000 open failures, whether there are more, and the depth of the dead-letter queue for callers who may view all. */
export function useDeadLetters(filters: Readonly<Record<string, string>> = {}) {
  const api = useApi();
  return useQuery({
    queryKey: ["dead-letters", filters],
    queryFn: async () => {
      let depth: number | null | undefined;
      const found = await collect<DeadLetter>(async (page) => {
        const answer = body(await api.GET("/v1/dead-letters", { params: { query: { ...page, ...filters } } }));
        depth = answer.depth;
        return answer;
      }, MOST_PAGES);
      return { ...found, depth };
    },
    refetchInterval: (query) => (query.state.data?.isCut ? CALM_MS : LIVE_MS),
  });
}
