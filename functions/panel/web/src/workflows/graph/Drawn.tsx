// A drawing with what there is to say about its graph. Too large a graph is told, not drawn.

import Alert from "@cloudscape-design/components/alert";
import SpaceBetween from "@cloudscape-design/components/space-between";

import type { OfTask } from "../../findings/byTask";
import { Drawing } from "./Drawing";
import { MOST_NODES } from "./layout";
import type { Graph } from "./model";

interface Properties {
  readonly graph: Graph;
  /** Id of the task shown beside the graph. */
  readonly chosen: string | undefined;
  readonly onChoose: (taskId: string) => void;
  /** By task id. */
  readonly findings?: ReadonlyMap<string, OfTask> | undefined;
  /** Where to look if it is not drawn. */
  readonly instead: string;
}

export function Drawn({ graph, chosen, onChoose, findings, instead }: Properties) {
  if (graph.nodes.length === 0) return <Alert type="info">The definition has no tasks.</Alert>;
  if (graph.nodes.length > MOST_NODES) {
    return (
      <Alert type="info" header="This graph is not drawn">
        It has {graph.nodes.length.toLocaleString("en")} nodes. A graph of more than {MOST_NODES.toLocaleString("en")} takes too
        long to be drawn. {instead}
      </Alert>
    );
  }
  return (
    <SpaceBetween size="s">
      {graph.broken > 0 && (
        <Alert type="warning">{graph.broken} linkages refer to tasks that are not in the definition. They are not drawn.</Alert>
      )}
      {graph.edges.some(({ isBack }) => isBack) && (
        <Alert type="warning">The workflow contains a cycle, drawn as a moving line. At Zuora it would never end.</Alert>
      )}
      <Drawing graph={graph} chosen={chosen} onChoose={onChoose} findings={findings} />
    </SpaceBetween>
  );
}
