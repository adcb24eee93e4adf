import { queryOptions, useQueryClient, useQuery, type QueryClient } from "@tanstack/react-query";

import { body, type Api, type Customer } from "../api/client";
import { useApi } from "../api/context";

/** The name of a customer, from the customer itself if that was read already. */
export function customerName(api: Api, queries: QueryClient, id: string) {
  return queryOptions({
    queryKey: ["customer-name", id],
    queryFn: async () => body(await api.GET("/v1/customers/{customer_id}", { params: { path: { customer_id: id } } })).name,
    initialData: () => queries.getQueryData<{ readonly customer: Customer }>(["customer", id])?.customer.name,
    staleTime: 300_000,
    retry: false,
  });
}

/** The customer's name; undefined while it is loading or if the customer is gone. */
export function useCustomerName(id: string, enabled = true): string | undefined {
  return useQuery({ ...customerName(useApi(), useQueryClient(), id), enabled }).data;
}
