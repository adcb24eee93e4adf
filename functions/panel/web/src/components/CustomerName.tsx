import { useCustomers } from "../api/queries";
import { useCustomerName } from "./customerName";
import { NameLink } from "./NameLink";

interface Properties {
  readonly id: string;
  /** For many names on one page: requests all names together, and single names only if missing there. */
  readonly isOneOfMany?: boolean;
}

/** A link with the customer's name; its id while the name is loading or if the customer is gone. */
export function CustomerName({ id, isOneOfMany = false }: Properties) {
  const all = useCustomers(isOneOfMany);
  // An outdated list may contain an old name.
  const listed = isOneOfMany ? all.data?.items.find((customer) => customer.id === id)?.name : undefined;
  const found = useCustomerName(id, !all.isLoading && listed === undefined);
  const name = listed ?? found;
  return name === undefined ? id : <NameLink href={`#/customers/${id}`} name={name} />;
}
