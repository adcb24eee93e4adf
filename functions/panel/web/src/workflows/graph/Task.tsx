// A task in the graph; also the start and the finish.

import { Handle, Position, type Node as FlowNode, type NodeProps } from "@xyflow/react";

import type { OfTask } from "../../findings/byTask";
import { ofTaskInWords } from "../../findings/words";
import type { Kind } from "./kinds";
import { MARKS } from "./marks";
import type { Node } from "./model";
import { SIGNS } from "./signs";

interface Data extends Record<string, unknown> {
  readonly node: Node;
  readonly kind: Kind | undefined;
  readonly findings: OfTask | undefined;
  readonly isFound: boolean;
  /** The one of those found that is in view. */
  readonly isCurrent: boolean;
}

export type TaskNode = FlowNode<Data, "task">;

export function Task({ data: { node, kind, findings, isFound, isCurrent } }: NodeProps<TaskNode>) {
  const classes = [node.isTask ? "graph-task" : "graph-begin", node.mark ?? kind, isFound && "found", isCurrent && "current"];
  const hint = [node.label, findings && ofTaskInWords(findings)].filter(Boolean).join(" - ");
  return (
    <div className={classes.filter(Boolean).join(" ")} title={hint}>
      <Handle type="target" position={Position.Left} isConnectable={false} />
      <strong>
        {node.mark && `${MARKS[node.mark].sign} `}
        {node.label}
      </strong>
      {node.kind && <span>{node.kind}</span>}
      {findings && (
        // What a screen reader tells is the node's own name.
        <span className={`graph-finding ${findings.level}`} aria-hidden="true">
          {SIGNS[findings.level]}
        </span>
      )}
      <Handle type="source" position={Position.Right} isConnectable={false} />
    </div>
  );
}
