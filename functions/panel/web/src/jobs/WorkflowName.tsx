import { useQuery } from "@tanstack/react-query";

import { body } from "../api/client";
import { useApi } from "../api/context";
import { NameLink } from "../components/NameLink";

/** A link with the workflow's name; its id while the name is loading, or if there is no copy of it. */
export function WorkflowName({ customerId, id }: { customerId: string; id: string }) {
  const api = useApi();
  const path = { customer_id: customerId, workflow_id: id };
  const found = useQuery({
    queryKey: ["workflow-name", customerId, id],
    queryFn: async () =>
      body(await api.GET("/v1/customers/{customer_id}/workflows/{workflow_id}", { params: { path } })).name ?? "(no name)",
    staleTime: 300_000,
    retry: false,
  });
  return found.data === undefined ? id : <NameLink href={`#/customers/${customerId}/workflows/${id}`} name={found.data} />;
}
