// A workflow's definition as a graph of tasks and linkages. It comes from Zuora's export, so nothing is taken for granted: ids
// may be numbers or texts, linkages may refer to missing tasks, and there may be cycles.

/** What became of it between two definitions. */
export type Mark = "added" | "removed" | "edited";

/** A task, or the start or finish of the workflow. */
export interface Node {
  readonly id: string;
  readonly label: string;
  /** The action type of a task: `Callout`, `If` ... */
  readonly kind: string;
  readonly isTask: boolean;
  readonly mark?: Mark;
}

export interface Edge {
  readonly id: string;
  readonly from: string;
  readonly to: string;
  /** The type of the linkage; empty for the plain one from the start. */
  readonly label: string;
  /** Closes a cycle, which Zuora accepts and which never ends. */
  readonly isBack: boolean;
  readonly mark?: Mark;
}

export interface Graph {
  readonly nodes: readonly Node[];
  readonly edges: readonly Edge[];
  /** Number of linkages from or to tasks that are not in the definition. */
  readonly broken: number;
}

/** Id of the node from which a workflow starts. */
export const START = "start";
/** Id of the node for the workflow's own linkages of type `Finish`, which Zuora follows when all other tasks have ended. */
export const FINISH = "finish";

type Json = Readonly<Record<string, unknown>>;

/** The graph of an exported definition. */
export function graphOf(definition: unknown): Graph {
  const tasks = list(definition, "tasks");
  const nodes = new Map<string, Node>();
  for (const task of tasks) {
    const id = text(task.id);
    if (id) nodes.set(id, { id, label: text(task.name) || `Task ${id}`, kind: text(task.action_type), isTask: true });
  }
  const edges: Omit<Edge, "isBack">[] = [];
  let broken = 0;
  list(definition, "linkages").forEach((linkage, index) => {
    const type = text(linkage.linkage_type);
    const source = text(linkage.source_task_id);
    const to = text(linkage.target_task_id);
    const from = source || (type === "Finish" ? FINISH : START);
    if (!nodes.has(to) || (source && !nodes.has(source))) {
      broken += 1;
      return;
    }
    if (from === START) nodes.set(START, { id: START, label: "Start", kind: "", isTask: false });
    if (from === FINISH) nodes.set(FINISH, { id: FINISH, label: "When all tasks have ended", kind: "", isTask: false });
    edges.push({ id: `${index}`, from, to, label: type === "Start" ? "" : type });
  });
  const back = backEdges(edges);
  return { nodes: [...nodes.values()], edges: edges.map((edge) => ({ ...edge, isBack: back.has(edge.id) })), broken };
}

/** The edges that close a cycle, by depth-first search; without recursion, because a definition may be deep. */
function backEdges(edges: readonly Omit<Edge, "isBack">[]): ReadonlySet<string> {
  const outgoing = new Map<string, Omit<Edge, "isBack">[]>();
  for (const edge of edges) outgoing.set(edge.from, [...(outgoing.get(edge.from) ?? []), edge]);
  const back = new Set<string>();
  const done = new Set<string>();
  const begins = [START, FINISH, ...outgoing.keys()];
  for (const begin of begins) {
    if (done.has(begin)) continue;
    const path = [{ id: begin, next: 0 }];
    const onPath = new Set([begin]);
    for (let here = path.at(-1); here; here = path.at(-1)) {
      const edge = outgoing.get(here.id)?.[here.next];
      here.next += 1;
      if (!edge) {
        path.pop();
        onPath.delete(here.id);
        done.add(here.id);
      } else if (onPath.has(edge.to)) {
        back.add(edge.id);
      } else if (!done.has(edge.to)) {
        path.push({ id: edge.to, next: 0 });
        onPath.add(edge.to);
      }
    }
  }
  return back;
}

/** The objects in a list of the definition. */
export function list(definition: unknown, name: string): readonly Json[] {
  const items = isObject(definition) ? definition[name] : undefined;
  return Array.isArray(items) ? items.filter(isObject) : [];
}

function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A text or number as text; empty for anything else. */
export function text(value: unknown): string {
  return typeof value === "string" || typeof value === "number" ? String(value) : "";
}
