// The differences between two definitions that a workflow has or had.

import { useQuery } from "@tanstack/react-query";

import { body } from "../api/client";
import { useApi } from "../api/context";
import { Loading } from "../components/Fallback";
import { readDiff } from "../diff/diff";
import { Differences } from "../diff/Differences";
import type { Ids } from "../workflows/definition";

interface Properties {
  readonly path: Ids;
  readonly from: string;
  readonly to: string;
}

export function Compared({ path, from, to }: Properties) {
  const api = useApi();
  const found = useQuery({
    queryKey: ["diff", path, from, to],
    queryFn: async () => {
      const answer = await api.GET("/v1/customers/{customer_id}/workflows/{workflow_id}/diff", {
        params: { path, query: { from, to } },
        parseAs: "text",
      });
      return readDiff(body<string>(answer));
    },
    // Neither of the two ever changes.
    staleTime: Infinity,
  });
  return <Loading of={found}>{(diff) => <Differences diff={diff} before={path} after={path} />}</Loading>;
}
