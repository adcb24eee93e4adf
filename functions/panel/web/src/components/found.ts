// What the search of the top bar finds: customers and workflows by name or Zuora id.

import { useQueries, useQuery, useQueryClient } from "@tanstack/react-query";

import { body } from "../api/client";
import { useApi } from "../api/context";
import { customerName } from "./customerName";
import { isZuoraId, pageOf, type Hit } from "./hit";

/** Fewer characters would find everything. */
export const MIN_LENGTH = 2;
/** Hits shown of each kind. */
const LIMIT = 5;

/** Customers with the text in their name, workflows whose name begins with it or whose Zuora id it is; each with a link to all. */
export function useFound(text: string) {
  const api = useApi();
  const queries = useQueryClient();
  const isSought = text.length >= MIN_LENGTH && !pageOf(text);
  const search = { enabled: isSought, staleTime: 60_000, retry: false };
  const customers = useQuery({
    ...search,
    queryKey: ["search-customers", text],
    queryFn: async () => body(await api.GET("/v1/customers", { params: { query: { name: text, limit: LIMIT } } })),
  });
  const workflows = useQuery({
    ...search,
    queryKey: ["search-workflows", text],
    queryFn: async () => {
      const by = isZuoraId(text) ? { zuora_id: text } : { name: text };
      return body(await api.GET("/v1/workflows", { params: { query: { ...by, limit: LIMIT } } }));
    },
  });
  const owners = [...new Set(workflows.data?.items.map(({ customer_id }) => customer_id))];
  const names = useQueries({ queries: owners.map((id) => customerName(api, queries, id)) });
  const nameOf = (id: string) => names[owners.indexOf(id)]?.data ?? id;
  const query = new URLSearchParams(isZuoraId(text) ? { zuora_id: text } : { name: text }).toString();
  return {
    isLoading: customers.isLoading || workflows.isLoading,
    error: customers.error ?? workflows.error,
    customers: [
      ...(customers.data?.items ?? []).map(({ id, name }): Hit => ({ value: `/customers/${id}`, label: name })),
      ...(customers.data?.next_cursor
        ? [{ value: `/customers?${new URLSearchParams({ name: text }).toString()}`, label: "More customers" }]
        : []),
    ],
    workflows: [
      ...(workflows.data?.items ?? []).map(({ customer_id, zuora_id, name }): Hit => ({
        value: `/customers/${customer_id}/workflows/${zuora_id}`,
        label: name ?? "(no name)",
        description: `${nameOf(customer_id)}, Zuora ID ${zuora_id}`,
      })),
      ...(workflows.data?.next_cursor ? [{ value: `/workflows?${query}`, label: "More workflows" }] : []),
    ],
  };
}
