import { queryOptions, type QueryClient } from "@tanstack/react-query";

import { body, type Api } from "../api/client";

/** The grants on a customer, or on `all`. */
export function grantsOf(api: Api, customerId: string) {
  return queryOptions({
    queryKey: ["grants", customerId],
    queryFn: async () =>
      body(await api.GET("/v1/customers/{customer_id}/grants", { params: { path: { customer_id: customerId } } })).items,
    staleTime: 60_000,
  });
}

/** The grants of many customers, which are many requests. */
export const ALL_GRANTS = "all-grants";

/** Everything is read again. A first reading that is still under way would go on with what it has read already, so it is given up. */
export function grantsChanged(queries: QueryClient): void {
  void queries.invalidateQueries();
  void queries.resetQueries({ queryKey: [ALL_GRANTS] });
}
