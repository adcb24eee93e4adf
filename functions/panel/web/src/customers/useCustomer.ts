import { useQuery } from "@tanstack/react-query";

import { body, type Customer } from "../api/client";
import { useApi } from "../api/context";

/** A customer, with the edition that a change of it must name; looked at again, if a pace is given. */
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
