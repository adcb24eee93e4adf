// A task in the graph; also the start and the finish.

import { Handle, Position, type Node as FlowNode, type NodeProps } from "@xyflow/react";

import type { Kind } from "./kinds";
import { MARKS } from "./marks";
import type { Node } from "./model";

interface Data extends Record<string, unknown> {
  readonly node: Node;
  readonly kind: Kind | undefined;
  readonly isFound: boolean;
  /** The one of those found that is in view. */
  readonly isCurrent: boolean;
}

export type TaskNode = FlowNode<Data, "task">;

export function Task({ data: { node, kind, isFound, isCurrent } }: NodeProps<TaskNode>) {
  const classes = [node.isTask ? "graph-task" : "graph-begin", node.mark ?? kind, isFound && "found", isCurrent && "current"];
  return (
    <div className={classes.filter(Boolean).join(" ")} title={node.label}>
      <Handle type="target" position={Position.Left} isConnectable={false} />
      <strong>
        {node.mark && `${MARKS[node.mark].sign} `}
        {node.label}
      </strong>
      {node.kind && <span>{node.kind}</span>}
      <Handle type="source" position={Position.Right} isConnectable={false} />
    </div>
  );
}
