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

/** The customers by name, at most 2,000. None while they are not wanted. */
export function useCustomers(isWanted = true) {
  const api = useApi();
  return useQuery({
    queryKey: ["customers-by-name"],
    queryFn: async () =>
      (await all<Customer>(async (query) => body(await api.GET("/v1/customers", { params: { query } })))).items,
    enabled: isWanted,
    staleTime: 60_000,
  });
}

/** The same as options to choose one from. */
export function useCustomerOptions(isWanted = true) {
  return (useCustomers(isWanted).data ?? []).map(({ id, name }) => ({ value: id, label: name, description: id }));
}
