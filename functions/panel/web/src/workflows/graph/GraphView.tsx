// A read-only view of a workflow's graph: zoom, pan, find a task, choose a task.

import { useMemo } from "react";

import { withNumbersAsTexts } from "../../components/json";
import type { OfTask } from "../../findings/byTask";
import { Drawn } from "./Drawn";
import { graphOf } from "./model";

interface Properties {
  /** As JSON. */
  readonly definition: string;
  /** Id of the task shown beside the graph. */
  readonly chosen: string | undefined;
  readonly onChoose: (taskId: string) => void;
  /** By task id. */
  readonly findings: ReadonlyMap<string, OfTask> | undefined;
}

export default function GraphView({ definition, chosen, onChoose, findings }: Properties) {
  const graph = useMemo(() => graphOf(withNumbersAsTexts(definition)), [definition]);
  return (
    <Drawn graph={graph} chosen={chosen} onChoose={onChoose} findings={findings} instead="All tasks are in the Tasks tab." />
  );
}
