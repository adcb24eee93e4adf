import { keepPreviousData, useQuery } from "@tanstack/react-query";

import { body } from "../api/client";
import { useApi, useMe } from "../api/context";

/** Users of the pool whose e-mail address begins with the text, up to twenty; none for callers who may not grant. */
export function useUsers(text: string) {
  const api = useApi();
  const mayGrant = useMe().data?.actions.includes("grant") ?? false;
  return useQuery({
    queryKey: ["users", text],
    queryFn: async () => body(await api.GET("/v1/users", { params: { query: text ? { q: text } : {} } })).items,
    enabled: mayGrant,
    staleTime: 60_000,
    placeholderData: keepPreviousData,
  });
}
