import Link from "@cloudscape-design/components/link";
import { useQuery } from "@tanstack/react-query";

import { body } from "../api/client";
import { useApi } from "../api/context";
import { useCustomers } from "../api/queries";

interface Properties {
  readonly id: string;
  /** Whether it is one of many: then all names are asked for together, and only one that is not among them by itself. */
  readonly isOneOfMany?: boolean;
}

/** A customer's name, with the way to it; its id until that is known, or when it is gone. */
export function CustomerName({ id, isOneOfMany = false }: Properties) {
  const api = useApi();
  const all = useCustomers({ enabled: isOneOfMany });
  // A list that nobody keeps new may have an old name.
  const listed = isOneOfMany ? all.data?.items.find((customer) => customer.id === id)?.name : undefined;
  const found = useQuery({
    queryKey: ["customer-name", id],
    queryFn: async () => body(await api.GET("/v1/customers/{customer_id}", { params: { path: { customer_id: id } } })).name,
    enabled: !all.isLoading && listed === undefined,
    staleTime: 300_000,
    retry: false,
  });
  const name = listed ?? found.data;
  return name === undefined ? id : <Link href={`#/customers/${id}`}>{name}</Link>;
}
