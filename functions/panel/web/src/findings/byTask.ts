// The findings of a workflow by its tasks, as the graph marks them. What is meant to be so is not marked.

import type { FindingLevel, WorkflowFinding } from "../api/client";
import { byLevel } from "./levels";

export interface OfTask {
  /** Of the worst. */
  readonly level: FindingLevel;
  readonly count: number;
}

export function isOpen({ suppressed }: WorkflowFinding): boolean {
  return !suppressed;
}

/** By the ids of tasks. */
export function byTask(findings: readonly WorkflowFinding[]): ReadonlyMap<string, OfTask> {
  const marks = new Map<string, OfTask>();
  for (const { level, task } of findings.filter(isOpen)) {
    if (!task?.id) continue;
    const { count, level: worst } = marks.get(task.id) ?? { count: 0, level };
    marks.set(task.id, { level: byLevel({ level }, { level: worst }) < 0 ? level : worst, count: count + 1 });
  }
  return marks;
}
