// The order of a list of grants, and the part of it that is sought.

import type { Grant } from "../api/client";

export type Order = "person" | "customer";

/** Grants of persons whose address or id contains the text; those on every customer come first. */
export function arranged(
  grants: readonly Grant[],
  order: Order,
  text: string,
  nameOf: (customer: string) => string,
): readonly Grant[] {
  const person = ({ email, user }: Grant) => email ?? user;
  const customer = ({ customer_id }: Grant) => (customer_id ? nameOf(customer_id) : "");
  const [first, second] = order === "person" ? [person, customer] : [customer, person];
  const sought = text.trim().toLowerCase();
  return grants
    .filter((grant) => person(grant).toLowerCase().includes(sought) || grant.user === sought)
    .sort((one, other) => first(one).localeCompare(first(other)) || second(one).localeCompare(second(other)));
}
