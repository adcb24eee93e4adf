// What a workflow uses, by kind and value: a host that ten tasks call is one entry with ten places.

import type { Use } from "../api/client";

type Kind = Use["kind"];

/** In the order of the page. */
export const KINDS: Readonly<Record<Kind, string>> = {
  workflow: "Runs workflows",
  host: "Hosts",
  email: "E-mail addresses",
  constant: "Constants",
  object: "Objects",
  field: "Fields",
  file: "Files",
  action_type: "Types of tasks",
};

export interface Used {
  readonly value: string;
  /** The first of its places, for what is the same in all of them. */
  readonly first: Use;
  /** Tasks by id, each once; `null` for the settings of the workflow. */
  readonly tasks: ReadonlyMap<string | null, string>;
}

export interface UsedOfKind {
  readonly kind: Kind;
  readonly used: readonly Used[];
}

export function byKind(uses: readonly Use[]): readonly UsedOfKind[] {
  return (Object.keys(KINDS) as Kind[])
    .map((kind) => ({ kind, used: byValue(uses.filter((use) => use.kind === kind)) }))
    .filter(({ used }) => used.length > 0);
}

function byValue(uses: readonly Use[]): readonly Used[] {
  const all = new Map<string, { value: string; first: Use; tasks: Map<string | null, string> }>();
  for (const use of uses) {
    // A name may be the id of another workflow.
    const key = [use.value, ...(use.workflows ?? []).map(({ workflow_id }) => workflow_id)].join(" ");
    const used = all.get(key) ?? { value: use.value, first: use, tasks: new Map<string | null, string>() };
    all.set(key, used);
    used.tasks.set(use.task_id ?? null, use.task_name ?? (use.task_id ? `Task ${use.task_id}` : "settings of the workflow"));
  }
  return [...all.values()];
}
