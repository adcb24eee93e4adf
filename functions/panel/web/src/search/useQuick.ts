// What the search box finds while one types: customers and workflows by name or Zuora id.

import { useQuery } from "@tanstack/react-query";

import { body, type SearchHit } from "../api/client";
import { useApi } from "../api/context";
import { isLongEnough, searchPath } from "./asked";
import { pageOf, type Hit } from "./hit";
import { untilFound } from "./parts";

/** Hits shown of each kind. */
const MOST = 5;

/** Customers and workflows with the text in their name, and a link to all of them if there are more. */
export function useQuick(text: string) {
  const api = useApi();
  const found = useQuery({
    queryKey: ["search-names", text],
    queryFn: ({ signal }) =>
      untilFound(undefined, async (cursor) => {
        const query = { q: text, ...(cursor && { cursor }) };
        return body(await api.GET("/v1/search", { params: { query }, signal }));
      }),
    enabled: isLongEnough(text) && !pageOf(text),
    staleTime: 60_000,
    retry: false,
  });
  const of = (what: SearchHit["found"]) => (found.data?.items ?? []).filter(({ found }) => found === what);
  const [customers, workflows] = [of("customer"), of("workflow")];
  const isCut = customers.length > MOST || workflows.length > MOST || Boolean(found.data?.next_cursor);
  return {
    isLoading: found.isLoading,
    error: found.error,
    customers: customers
      .slice(0, MOST)
      .map(({ customer_id, customer_name }): Hit => ({ value: `/customers/${customer_id}`, label: customer_name })),
    workflows: workflows.slice(0, MOST).map(({ customer_id, customer_name, workflow_id, workflow_name }): Hit => ({
      value: `/customers/${customer_id}/workflows/${workflow_id}`,
      label: workflow_name ?? "(no name)",
      description: `${customer_name}, Zuora ID ${workflow_id}`,
    })),
    more: isCut ? [{ value: searchPath(text), label: "More customers and workflows" }] : [],
  };
}
