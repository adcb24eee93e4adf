// Positions of the nodes of a graph, from left to right, by dagre.

import dagre from "@dagrejs/dagre";

import type { Graph } from "./model";

/** More take seconds, and end in a stack overflow where they stand in a row: https://github.com/dagrejs/dagre/issues/223 */
export const MOST_NODES = 1_000;

/** In pixels. */
export const NODE = { width: 210, height: 56 } as const;

export type Places = ReadonlyMap<string, { readonly x: number; readonly y: number }>;

/** The id that dagre gets: it keeps ids as properties of plain objects, where `__proto__` is another thing than a name. */
const named = (id: string) => `node ${id}`;

/** The upper left corner of every node. */
export function layOut(graph: Graph): Places {
  const plan = new dagre.graphlib.Graph({ multigraph: true });
  plan.setGraph({ rankdir: "LR", nodesep: 24, ranksep: 90 });
  for (const node of graph.nodes) plan.setNode(named(node.id), { ...NODE });
  for (const edge of graph.edges) {
    // Back edges would reverse the ranks.
    if (!edge.isBack) plan.setEdge(named(edge.from), named(edge.to), {}, edge.id);
  }
  dagre.layout(plan);
  return new Map(
    graph.nodes.map(({ id }) => {
      const { x, y } = plan.node(named(id)) as { x: number; y: number };
      return [id, { x: x - NODE.width / 2, y: y - NODE.height / 2 }];
    }),
  );
}
