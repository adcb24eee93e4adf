// A read-only view of a workflow's graph: zoom, pan, choose a task.

import "@xyflow/react/dist/style.css";
import "./graph.css";

import Alert from "@cloudscape-design/components/alert";
import SpaceBetween from "@cloudscape-design/components/space-between";
import {
  Background,
  Controls,
  Handle,
  MarkerType,
  Position,
  ReactFlow,
  type Edge as FlowEdge,
  type Node as FlowNode,
  type NodeProps,
  type ReactFlowInstance,
} from "@xyflow/react";
import { useMemo } from "react";

import { withNumbersAsTexts } from "../../components/json";
import { layOut, MOST_NODES, NODE } from "./layout";
import { graphOf, START, type Graph, type Node } from "./model";

type TaskNode = FlowNode<{ readonly node: Node }, "task">;

interface Properties {
  /** As JSON. */
  readonly definition: string;
  /** Id of the task shown beside the graph. */
  readonly chosen: string | undefined;
  readonly onChoose: (taskId: string) => void;
}

export default function GraphView({ definition, chosen, onChoose }: Properties) {
  const graph = useMemo(() => graphOf(withNumbersAsTexts(definition)), [definition]);
  if (graph.nodes.length === 0) return <Alert type="info">The definition has no tasks.</Alert>;
  if (graph.nodes.length > MOST_NODES) {
    return (
      <Alert type="info">
        This graph has {graph.nodes.length} nodes and is too large to be drawn. See the Tasks tab instead.
      </Alert>
    );
  }
  return <Drawing graph={graph} chosen={chosen} onChoose={onChoose} />;
}

function Drawing({ graph, chosen, onChoose }: { graph: Graph } & Omit<Properties, "definition">) {
  const places = useMemo(() => layOut(graph), [graph]);
  const nodes: TaskNode[] = graph.nodes.map((node) => ({
    id: node.id,
    type: "task",
    position: places.get(node.id) ?? { x: 0, y: 0 },
    data: { node },
    selected: node.id === chosen,
    focusable: node.isTask,
    ...NODE,
    ariaLabel: node.kind ? `${node.label}, ${node.kind}` : node.label,
  }));
  const edges: FlowEdge[] = graph.edges.map(({ id, from, to, label, isBack }) => ({
    id,
    source: from,
    target: to,
    label,
    animated: isBack,
    markerEnd: { type: MarkerType.ArrowClosed },
    ariaLabel: `From ${from} to ${to}${label && `: ${label}`}`,
  }));
  return (
    <SpaceBetween size="s">
      {graph.broken > 0 && (
        <Alert type="warning">{graph.broken} linkages refer to tasks that are not in the definition. They are not drawn.</Alert>
      )}
      {graph.edges.some(({ isBack }) => isBack) && (
        <Alert type="warning">The workflow contains a cycle, drawn as a moving line. At Zuora it would never end.</Alert>
      )}
      <div
        className="graph"
        data-testid="graph"
        onKeyDown={(event) => {
          const id = event.key === "Enter" || event.key === " " ? focusedNode(event.target) : null;
          if (!id) return;
          event.preventDefault();
          onChoose(id);
        }}
      >
        <ReactFlow
          nodes={nodes}
          edges={edges}
          nodeTypes={NODE_TYPES}
          fitView
          onInit={showLegibly}
          colorMode="system"
          minZoom={0.05}
          nodesDraggable={false}
          nodesConnectable={false}
          edgesFocusable={false}
          onlyRenderVisibleElements
          onNodeClick={(_, { data }) => data.node.isTask && onChoose(data.node.id)}
        >
          <Background />
          <Controls showInteractive={false} fitViewOptions={{ minZoom: VISIBLE }} />
        </ReactFlow>
      </div>
    </SpaceBetween>
  );
}

/** Id of the node that has the focus, if any. */
function focusedNode(target: EventTarget): string | null {
  return target instanceof Element && target.matches(".react-flow__node") ? target.getAttribute("data-id") : null;
}

/** The smallest readable scale. */
const LEGIBLE = 0.8;
/** The scale below which tasks are hairlines. */
const VISIBLE = 0.2;
/** Left of the first node, in the graph's own pixels. */
const MARGIN = 30;

/** Shows a graph from its left end if it is not readable as a whole. */
function showLegibly(flow: ReactFlowInstance<TaskNode>) {
  const { x, zoom } = flow.getViewport();
  if (zoom >= LEGIBLE) return;
  const all = flow.getNodesBounds(flow.getNodes());
  // The graph is centered now, which gives the width of the view.
  const halfWidth = x + (all.x + all.width / 2) * zoom;
  const begin = flow.getNode(START) ?? flow.getNodes()[0];
  const y = begin ? begin.position.y + NODE.height / 2 : all.y;
  void flow.setCenter(all.x - MARGIN + halfWidth / LEGIBLE, y, { zoom: LEGIBLE });
}

const NODE_TYPES = { task: Task };

function Task({ data: { node } }: NodeProps<TaskNode>) {
  return (
    <div className={node.isTask ? "graph-task" : "graph-begin"} title={node.label}>
      <Handle type="target" position={Position.Left} isConnectable={false} />
      <strong>{node.label}</strong>
      {node.kind && <span>{node.kind}</span>}
      <Handle type="source" position={Position.Right} isConnectable={false} />
    </div>
  );
}
