// What more than one page asks of the API: asked, named and kept in one way.

import { useQuery } from "@tanstack/react-query";

import { body, type Customer } from "./client";
import { useApi } from "./context";
import { all } from "./pages";

/** The counters of customers, workflows, tasks and jobs; looked at again after so many milliseconds, if any are given. */
export function useStats(refetchInterval: number | false = false) {
  const api = useApi();
  return useQuery({ queryKey: ["stats"], queryFn: async () => body(await api.GET("/v1/stats")), refetchInterval });
}

/** The customers to choose one from, by name; at most 2,000. None while they are not wanted. */
export function useCustomerOptions(isWanted = true) {
  const api = useApi();
  const found = useQuery({
    queryKey: ["customer-options"],
    queryFn: async () =>
      (await all<Customer>(async (query) => body(await api.GET("/v1/customers", { params: { query } })))).items,
    enabled: isWanted,
    staleTime: 60_000,
  });
  return (found.data ?? []).map(({ id, name }) => ({ value: id, label: name, description: id }));
}
