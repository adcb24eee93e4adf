import Link from "@cloudscape-design/components/link";
import { useQuery } from "@tanstack/react-query";

import { body } from "../api/client";
import { useApi } from "../api/context";

/** A customer's name, with the way to it; its id until that is known, or when it is gone. */
export function CustomerName({ id }: { id: string }) {
  const api = useApi();
  const found = useQuery({
    queryKey: ["customer-name", id],
    queryFn: async () => body(await api.GET("/v1/customers/{customer_id}", { params: { path: { customer_id: id } } })).name,
    staleTime: 300_000,
    retry: false,
  });
  return found.data ? <Link href={`#/customers/${id}`}>{found.data}</Link> : id;
}
