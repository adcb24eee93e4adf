// The differences between two definitions, as a list or in the graph.

import SegmentedControl from "@cloudscape-design/components/segmented-control";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Spinner from "@cloudscape-design/components/spinner";
import { lazy, Suspense, useState } from "react";

import { Classes } from "../changes/Classes";
import { Loading } from "../components/Fallback";
import type { Ids } from "../workflows/definition";
import { Reading } from "../workflows/DefinitionView";
import { GraphBoundary } from "../workflows/graph/GraphBoundary";
import { useDefinition } from "../workflows/useDefinition";
import type { Diff } from "./diff";
import { DiffView } from "./DiffView";

// The graph library is loaded with the first graph.
const DiffGraph = lazy(() => import("../workflows/graph/DiffGraph"));

interface Properties {
  readonly diff: Diff;
  /** The workflows whose definitions these are; of one workflow's history, twice the same. */
  readonly before: Ids;
  readonly after: Ids;
}

export function Differences({ diff, before, after }: Properties) {
  const [view, setView] = useState("list");
  return (
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
      {view === "list" ? <DiffView diff={diff} /> : <Graph diff={diff} before={before} after={after} />}
    </SpaceBetween>
  );
}

function Graph({ diff, before, after }: Properties) {
  const old = useDefinition(before, diff.from);
  const present = useDefinition(after, diff.to);
  return (
    <Loading of={old.definition} waiting={<Reading progress={old.progress} />}>
      {({ text: oldText }) => (
        <Loading of={present.definition} waiting={<Reading progress={present.progress} />}>
          {({ text }) => (
            <GraphBoundary>
              <Suspense fallback={<Spinner />}>
                <DiffGraph before={oldText} after={text} diff={diff} />
              </Suspense>
            </GraphBoundary>
          )}
        </Loading>
      )}
    </Loading>
  );
}
