import { useQuery, type QueryClient } from "@tanstack/react-query";

import { body, type WorkflowFindings } from "../api/client";
import { useApi } from "../api/context";
import type { Ids } from "../workflows/definition";

export function useFindings(path: Ids) {
  const api = useApi();
  return useQuery({
    queryKey: ["findings-of", path],
    queryFn: async (): Promise<WorkflowFindings> =>
      body(await api.GET("/v1/customers/{customer_id}/workflows/{workflow_id}/findings", { params: { path } })),
  });
}

/** After a suppression: of the workflow, and of all customers. */
export function findingsChanged(queries: QueryClient, path: Ids): void {
  void queries.invalidateQueries({ queryKey: ["findings-of", path] });
  void queries.invalidateQueries({ queryKey: ["findings"] });
}
