// The drawing of a graph: pan and zoom, a map of the whole, and a field to find tasks.

import "@xyflow/react/dist/style.css";
import "./graph.css";

import SpaceBetween from "@cloudscape-design/components/space-between";
import {
  Background,
  Controls,
  MarkerType,
  MiniMap,
  ReactFlow,
  useReactFlow,
  useStore,
  type AriaLabelConfig,
  type Edge as FlowEdge,
  type ReactFlowInstance,
} from "@xyflow/react";
import { useEffect, useMemo, useState } from "react";

import type { OfTask } from "../../findings/byTask";
import { ofTaskInWords } from "../../findings/words";
import { FindField } from "../FindField";
import { kindOf } from "./kinds";
import { Legend } from "./Legend";
import { layOut, NODE, type Places } from "./layout";
import { MARKS } from "./marks";
import { START, type Graph } from "./model";
import { Task, type TaskNode } from "./Task";

interface Properties {
  readonly graph: Graph;
  readonly chosen: string | undefined;
  readonly onChoose: (taskId: string) => void;
  /** By task id. */
  readonly findings?: Findings;
}

type Findings = ReadonlyMap<string, OfTask> | undefined;

/** The tasks that were found, and the one in view. */
interface Found {
  readonly ids: readonly string[];
  readonly current?: string | undefined;
}

/** Of a larger graph only what is in view is in the page; the Tab key then reaches that only. */
const MOST_RENDERED = 500;

type Flow = ReactFlowInstance<TaskNode>;

export function Drawing({ graph, chosen, onChoose, findings }: Properties) {
  const places = useMemo(() => layOut(graph), [graph]);
  const [flow, setFlow] = useState<Flow>();
  const [found, setFound] = useState<Found>({ ids: [] });
  const nodes = useMemo(() => nodesOf(graph, places, chosen, found, findings), [graph, places, chosen, found, findings]);
  const edges = useMemo(() => edgesOf(graph), [graph]);
  return (
    <SpaceBetween size="s">
      <FindField
        label="Find a task by name"
        find={(text) => {
          const ids = text ? tasksCalled(text, nodes) : [];
          setFound({ ids });
          return ids.length;
        }}
        show={(match) => {
          const current = found.ids[match];
          setFound({ ...found, current });
          if (flow && current) center(flow, current);
        }}
      />
      <div
        className="graph"
        data-testid="graph"
        onFocus={(event) => {
          const id = focusedNode(event.target);
          if (flow && id && event.target.matches(":focus-visible")) keepInView(flow, id, event.currentTarget);
        }}
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
          onInit={(ready) => {
            setFlow(ready);
            if (chosen && ready.getNode(chosen)) center(ready, chosen);
            else showLegibly(ready);
          }}
          colorMode="system"
          minZoom={VISIBLE}
          nodesDraggable={false}
          nodesConnectable={false}
          elementsSelectable={false}
          autoPanOnNodeFocus={false}
          onlyRenderVisibleElements={nodes.length > MOST_RENDERED}
          edgesFocusable={false}
          ariaLabelConfig={LABELS}
          onNodeClick={(_, { data }) => data.node.isTask && onChoose(data.node.id)}
        >
          <Background />
          <Controls showInteractive={false} />
          <MiniMap<TaskNode>
            pannable
            zoomable
            nodeClassName={({ data, selected }) => (selected ? "chosen" : (data.node.mark ?? data.kind ?? ""))}
          />
          <Legend graph={graph} findings={findings} />
          <KeepInView id={chosen} />
        </ReactFlow>
      </div>
    </SpaceBetween>
  );
}

/** Keeps the chosen task in view when the panel beside the page opens over it. */
function KeepInView({ id }: { id: string | undefined }) {
  const flow = useReactFlow<TaskNode>();
  const clientWidth = useStore((state) => state.width);
  const clientHeight = useStore((state) => state.height);
  useEffect(() => {
    if (id !== undefined && clientWidth > 0) keepInView(flow, id, { clientWidth, clientHeight });
  }, [flow, id, clientWidth, clientHeight]);
  return null;
}

/** From left to right, which is the order of the Tab key. */
function nodesOf(graph: Graph, places: Places, chosen: string | undefined, found: Found, findings: Findings): TaskNode[] {
  const isFound = new Set(found.ids);
  // Colors that say what tasks do would hide those that say what differs.
  const isMarked = graph.nodes.some(({ mark }) => mark);
  const nodes = graph.nodes.map((node): TaskNode => {
    const kind = isMarked ? undefined : kindOf(node.kind);
    const ofTask = findings?.get(node.id);
    return {
      id: node.id,
      type: "task",
      position: places.get(node.id) ?? { x: 0, y: 0 },
      data: { node, kind, findings: ofTask, isFound: isFound.has(node.id), isCurrent: node.id === found.current },
      selected: node.id === chosen,
      focusable: node.isTask,
      ...NODE,
      ariaLabel: [node.label, node.kind, node.mark && MARKS[node.mark].word, ofTask && ofTaskInWords(ofTask)]
        .filter(Boolean)
        .join(", "),
      ...(node.isTask ? { ariaRole: "button" } : {}),
    };
  });
  return nodes.sort((one, other) => one.position.x - other.position.x || one.position.y - other.position.y);
}

function edgesOf(graph: Graph): FlowEdge[] {
  return graph.edges.map(({ id, from, to, label, isBack, mark }) => ({
    id,
    source: from,
    target: to,
    label: mark ? `${MARKS[mark].sign} ${label}`.trim() : label,
    ...(mark && { className: mark }),
    animated: isBack,
    markerEnd: { type: MarkerType.ArrowClosed },
    ariaLabel: `From ${from} to ${to}${label && `: ${label}`}`,
  }));
}

function tasksCalled(text: string, nodes: readonly TaskNode[]): readonly string[] {
  const wanted = text.toLowerCase();
  return nodes.filter(({ data: { node } }) => node.isTask && node.label.toLowerCase().includes(wanted)).map(({ id }) => id);
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

/** Moves the graph if a task is not wholly in its frame. */
function keepInView(flow: Flow, id: string, frame: Pick<Element, "clientWidth" | "clientHeight">) {
  const node = flow.getNode(id);
  if (!node) return;
  const { x, y, zoom } = flow.getViewport();
  const [left, top] = [node.position.x * zoom + x, node.position.y * zoom + y];
  const isIn =
    left >= 0 && top >= 0 && left + NODE.width * zoom <= frame.clientWidth && top + NODE.height * zoom <= frame.clientHeight;
  if (!isIn) center(flow, id);
}

function center(flow: Flow, id: string) {
  const node = flow.getNode(id);
  if (!node) return;
  const { x, y } = node.position;
  void flow.setCenter(x + NODE.width / 2, y + NODE.height / 2, { zoom: Math.max(flow.getZoom(), LEGIBLE) });
}

/** Shows a graph from its left end if it is not readable as a whole. */
function showLegibly(flow: Flow) {
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

const LABELS: Partial<AriaLabelConfig> = {
  "node.a11yDescription.default": "Press Enter to show the task.",
  "node.a11yDescription.keyboardDisabled": "Press Enter to show the task.",
  "controls.ariaLabel": "Zoom",
  "controls.zoomIn.ariaLabel": "Zoom in",
  "controls.zoomOut.ariaLabel": "Zoom out",
  "controls.fitView.ariaLabel": "Fit",
  "minimap.ariaLabel": "Map of the graph",
};
