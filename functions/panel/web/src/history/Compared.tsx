// The differences between two definitions of a workflow, as a list or in the graph.

import SegmentedControl from "@cloudscape-design/components/segmented-control";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Spinner from "@cloudscape-design/components/spinner";
import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useState } from "react";

import { body } from "../api/client";
import { useApi } from "../api/context";
import { Classes } from "../changes/Classes";
import { Loading } from "../components/Fallback";
import { readDiff, type Diff } from "../diff/diff";
import { DiffView } from "../diff/DiffView";
import type { Ids } from "../workflows/definition";
import { Reading } from "../workflows/DefinitionView";
import { GraphBoundary } from "../workflows/graph/GraphBoundary";
import { useDefinition } from "../workflows/useDefinition";

// The graph library is loaded with the first graph.
const DiffGraph = lazy(() => import("../workflows/graph/DiffGraph"));

interface Properties {
  readonly path: Ids;
  readonly from: string;
  readonly to: string;
}

export function Compared({ path, from, to }: Properties) {
  const api = useApi();
  const [view, setView] = useState("list");
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
  return (
    <Loading of={found}>
      {(diff) => (
        <SpaceBetween size="l">
          <SpaceBetween direction="horizontal" size="m" alignItems="center">
            <SegmentedControl
              label="View of the differences"
              selectedId={view}
              options={[
                { id: "list", text: "Values" },
                { id: "graph", text: "Graph" },
              ]}
              onChange={({ detail }) => setView(detail.selectedId)}
            />
            <Classes of={diff.classes} />
          </SpaceBetween>
          {view === "list" ? <DiffView diff={diff} /> : <Graph path={path} diff={diff} />}
        </SpaceBetween>
      )}
    </Loading>
  );
}

function Graph({ path, diff }: { path: Ids; diff: Diff }) {
  const before = useDefinition(path, diff.from);
  const after = useDefinition(path, diff.to);
  return (
    <Loading of={before.definition} waiting={<Reading progress={before.progress} />}>
      {({ text: old }) => (
        <Loading of={after.definition} waiting={<Reading progress={after.progress} />}>
          {({ text }) => (
            <GraphBoundary>
              <Suspense fallback={<Spinner />}>
                <DiffGraph before={old} after={text} diff={diff} />
              </Suspense>
            </GraphBoundary>
          )}
        </Loading>
      )}
    </Loading>
  );
}
