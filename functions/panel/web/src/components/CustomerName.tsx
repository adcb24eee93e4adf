import { useQuery } from "@tanstack/react-query";

import { body } from "../api/client";
import { useApi } from "../api/context";
import { useCustomers } from "../api/queries";
import { NameLink } from "./NameLink";

interface Properties {
  readonly id: string;
  /** For many names on one page: requests all names together, and single names only if missing there. */
  readonly isOneOfMany?: boolean;
}

/** A link with the customer's name; its id while the name is loading or if the customer is gone. */
export function CustomerName({ id, isOneOfMany = false }: Properties) {
  const api = useApi();
  const all = useCustomers(isOneOfMany);
  // An outdated list may contain an old name.
  const listed = isOneOfMany ? all.data?.items.find((customer) => customer.id === id)?.name : undefined;
  const found = useQuery({
    queryKey: ["customer-name", id],
    queryFn: async () => body(await api.GET("/v1/customers/{customer_id}", { params: { path: { customer_id: id } } })).name,
    enabled: !all.isLoading && listed === undefined,
    staleTime: 300_000,
    retry: false,
  });
  const name = listed ?? found.data;
  return name === undefined ? id : <NameLink href={`#/customers/${id}`} name={name} />;
}
