import { queryOptions } from "@tanstack/react-query";

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
