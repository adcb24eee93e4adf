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

/** The customers by name, at most 2,000, and whether there are more. */
export function useCustomers({ enabled = true, refetchInterval }: { enabled?: boolean; refetchInterval?: number } = {}) {
  const api = useApi();
  return useQuery({
    queryKey: ["customers-by-name"],
    queryFn: () => all<Customer>(async (query) => body(await api.GET("/v1/customers", { params: { query } }))),
    staleTime: 60_000,
    enabled,
    ...(refetchInterval ? { refetchInterval } : {}),
  });
}

/** The same as options to choose one from; none while they are not wanted. */
export function useCustomerOptions(enabled = true) {
  const { items = [] } = useCustomers({ enabled }).data ?? {};
  return items.map(({ id, name }) => ({ value: id, label: name, description: id }));
}
