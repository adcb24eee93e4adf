import { useQuery } from "@tanstack/react-query";

import { body, type Customer } from "../api/client";
import { useApi } from "../api/context";

/** A customer with its edition (ETag), which a change must name; polled if a pace is given. */
export function useCustomer(id: string, pace?: (customer: Customer | undefined) => number) {
  const api = useApi();
  return useQuery({
    queryKey: ["customer", id],
    queryFn: async () => {
      const answer = await api.GET("/v1/customers/{customer_id}", { params: { path: { customer_id: id } } });
      return { customer: body(answer), edition: answer.response.headers.get("etag") ?? "" };
    },
    refetchInterval: (query) => pace?.(query.state.data?.customer) ?? false,
  });
}
