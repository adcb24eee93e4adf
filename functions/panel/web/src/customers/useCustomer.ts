import { useQuery } from "@tanstack/react-query";

import { body } from "../api/client";
import { useApi } from "../api/context";

/** A customer, with the edition that a change of it must name. */
export function useCustomer(id: string, refetchInterval?: number) {
  const api = useApi();
  return useQuery({
    queryKey: ["customer", id],
    queryFn: async () => {
      const answer = await api.GET("/v1/customers/{customer_id}", { params: { path: { customer_id: id } } });
      return { customer: body(answer), edition: answer.response.headers.get("etag") ?? "" };
    },
    ...(refetchInterval ? { refetchInterval } : {}),
  });
}
