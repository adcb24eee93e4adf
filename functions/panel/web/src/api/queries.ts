// Queries that more than one page uses.

import { useQuery } from "@tanstack/react-query";

import { body, type AttentionGroup, type Counters, type Customer } from "./client";
import { useApi } from "./context";
import { CALM_MS, SLOW_MS } from "./pace";
import { collect } from "./collect";

/** The counters of customers, workflows, tasks and jobs. The navigation polls them for all pages. */
export function useStats(refetchInterval: number | false = false) {
  const api = useApi();
  return useQuery({
    queryKey: ["stats"],
    queryFn: async () => body<Counters>(await api.GET("/v1/stats")),
    staleTime: CALM_MS / 2,
    refetchInterval,
  });
}

/** The groups of customers that need a person, worst first. */
export function useAttention() {
  const api = useApi();
  return useQuery({
    queryKey: ["attention"],
    queryFn: async (): Promise<readonly AttentionGroup[]> => body(await api.GET("/v1/attention")).items,
    refetchInterval: CALM_MS,
  });
}

/** The first 2,000 customers by name, and whether there are more. */
export function useCustomers(enabled = true) {
  const api = useApi();
  return useQuery({
    queryKey: ["customers-by-name"],
    queryFn: () => collect<Customer>(async (query) => body(await api.GET("/v1/customers", { params: { query } }))),
    staleTime: SLOW_MS,
    enabled,
  });
}

/** The same as options of a select; empty if not enabled. */
export function useCustomerOptions(enabled = true) {
  const { items = [] } = useCustomers(enabled).data ?? {};
  return items.map(({ id, name }) => ({ value: id, label: name, description: id }));
}
