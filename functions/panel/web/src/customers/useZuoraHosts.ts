import { useQuery } from "@tanstack/react-query";

import { body } from "../api/client";
import { useApi } from "../api/context";

/** Zuora's base URLs, and the recommended frequency for each environment. */
export function useZuoraHosts() {
  const api = useApi();
  return useQuery({
    queryKey: ["zuora-hosts"],
    queryFn: async () => body(await api.GET("/v1/zuora-hosts")),
    staleTime: Infinity,
  });
}
