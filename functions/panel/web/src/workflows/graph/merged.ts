// The graphs of two definitions as one: the new one, marked by what differs, with what was removed from the old one.
//
// Ids say nothing between definitions. Tasks are known by the names that the API gives them: name and type and, of several like
// that, a number in the order of the export.

import type { LinkageName, TaskName } from "../../changes/names";
import { partsApart, type Diff, type Part } from "../../diff/diff";
import { graphOf, list, text, type Edge, type Graph, type Mark, type Node } from "./model";

export interface Merged {
  readonly graph: Graph;
  /** The edits of tasks, by the ids of their nodes. */
  readonly edited: ReadonlyMap<string, Part<TaskName>>;
}

export function merged(before: unknown, after: unknown, { tasks, linkages }: Diff): Merged {
  const [old, current] = [sideOf(before), sideOf(after)];
  const added = new Set(tasks.added.map(keyOfTask));
  const removed = new Set(tasks.removed.map(keyOfTask));
  const renamed = new Map(tasks.renamed.map(({ from, to }) => [keyOfTask(from), keyOfTask(to)]));
  const edits = new Map(tasks.edited.map((part) => [keyOfTask(part.name), part]));
  const loud = new Set([...renamed.values(), ...partsApart(tasks.edited, "loud").map(({ name }) => keyOfTask(name))]);
  const markOf = (key: string | undefined) => mark(key, { added, edited: loud });

  const nodes = current.graph.nodes.map((node) => marked(node, markOf(current.keys.get(node.id))));
  const gone = old.graph.nodes.filter(({ id }) => removed.has(old.keys.get(id) ?? ""));
  const removedNodes = gone.map((node): Node => ({ ...node, id: idOfRemoved(node.id), mark: "removed" }));

  const placeOf = (id: string): string | undefined => {
    const key = old.keys.get(id);
    // Where a workflow starts or finishes.
    if (key === undefined) return id;
    if (removed.has(key)) return idOfRemoved(id);
    const isSure = renamed.has(key) || old.twins.get(key) === current.twins.get(key);
    return isSure ? current.ids.get(renamed.get(key) ?? key) : undefined;
  };
  const [addedLinks, editedLinks, removedLinks] = [linkages.added, linkages.edited.map(({ name }) => name), linkages.removed].map(
    (names) => new Set(names.map(keyOfLinkage)),
  ) as [Set<string>, Set<string>, Set<string>];
  const edges = current.graph.edges.map((edge) =>
    marked(edge, mark(current.linkages[Number(edge.id)], { added: addedLinks, edited: editedLinks })),
  );
  const removedEdges = old.graph.edges.flatMap((edge): Edge[] => {
    const [from, to] = [placeOf(edge.from), placeOf(edge.to)];
    if (!removedLinks.has(old.linkages[Number(edge.id)] ?? "") || from === undefined || to === undefined) return [];
    return [{ ...edge, id: idOfRemoved(edge.id), from, to, isBack: false, mark: "removed" }];
  });
  const has = new Set([...nodes, ...removedNodes].map(({ id }) => id));
  const ends = old.graph.nodes.filter(({ id, isTask }) => !isTask && !has.has(id));
  const edited = [...current.keys].flatMap(([id, key]) => {
    const part = edits.get(key);
    return part ? [[id, part] as const] : [];
  });
  return {
    graph: {
      nodes: [...nodes, ...removedNodes, ...ends],
      edges: [...edges, ...removedEdges],
      broken: current.graph.broken,
    },
    edited: new Map(edited),
  };
}

interface Side {
  readonly graph: Graph;
  /** Keys of tasks by id, ids by key. */
  readonly keys: ReadonlyMap<string, string>;
  readonly ids: ReadonlyMap<string, string>;
  /** By key: how many tasks have that name and type. */
  readonly twins: ReadonlyMap<string, number>;
  /** Keys of linkages, in their order. */
  readonly linkages: readonly string[];
}

function sideOf(definition: unknown): Side {
  const tasks = list(definition, "tasks").map((task) => ({
    id: text(task.id),
    name: { name: text(task.name) || null, action_type: text(task.action_type) || null },
  }));
  const counts = new Map<string, number>();
  for (const { name } of tasks) counts.set(keyOfTask(name), (counts.get(keyOfTask(name)) ?? 0) + 1);
  const seen = new Map<string, number>();
  const names = new Map<string, TaskName>();
  const twins = new Map<string, number>();
  for (const { id, name } of tasks) {
    const kind = keyOfTask(name);
    const [count = 1, number] = [counts.get(kind), (seen.get(kind) ?? 0) + 1];
    seen.set(kind, number);
    const full = count > 1 ? { ...name, number } : name;
    names.set(id, full);
    twins.set(keyOfTask(full), count);
  }
  const end = (id: string): TaskName | null => (id ? (names.get(id) ?? { missing: true }) : null);
  const linkages = list(definition, "linkages").map((linkage) =>
    keyOfLinkage({
      from: end(text(linkage.source_task_id)),
      to: end(text(linkage.target_task_id)),
      linkage_type: text(linkage.linkage_type) || null,
    }),
  );
  const keys = new Map([...names].map(([id, name]) => [id, keyOfTask(name)]));
  const ids = new Map([...keys].map(([id, key]) => [key, id]));
  return { graph: graphOf(definition), keys, ids, twins, linkages };
}

function keyOfTask({ name, action_type, number, missing }: TaskName): string {
  return JSON.stringify([name ?? null, action_type ?? null, number ?? null, missing ?? false]);
}

function keyOfLinkage({ from, to, linkage_type }: LinkageName): string {
  return JSON.stringify([from ? keyOfTask(from) : null, to ? keyOfTask(to) : null, linkage_type ?? null]);
}

function mark(key: string | undefined, of: { readonly added: ReadonlySet<string>; readonly edited: ReadonlySet<string> }) {
  if (key === undefined) return undefined;
  return of.added.has(key) ? "added" : of.edited.has(key) ? "edited" : undefined;
}

function marked<Item extends object>(item: Item, by: Mark | undefined): Item {
  return by ? { ...item, mark: by } : item;
}

/** An id of the old definition may be that of something else in the new one. */
function idOfRemoved(id: string): string {
  return `removed ${id}`;
}
