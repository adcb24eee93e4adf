// The parts of an OpenAPI description that are shown.

export interface Operation {
  readonly id: string;
  readonly method: string;
  readonly path: string;
  readonly summary: string;
  readonly parameters: readonly Parameter[];
}

interface Parameter {
  readonly name: string;
  readonly place: string;
  readonly isRequired: boolean;
  readonly description: string;
}

interface Description {
  readonly paths?: Record<string, Record<string, DescribedOperation>>;
}

interface DescribedOperation {
  readonly operationId?: string;
  readonly summary?: string;
  readonly tags?: readonly string[];
  readonly parameters?: readonly { name: string; in: string; required?: boolean; description?: string }[];
}

/** The operations of each tag, tags and operations in the description's order. */
export function operationsOf(description: unknown): readonly (readonly [string, readonly Operation[]])[] {
  const { paths = {} } = description as Description;
  const tags = new Map<string, Operation[]>();
  for (const [path, methods] of Object.entries(paths)) {
    for (const [method, operation] of Object.entries(methods)) {
      const tag = operation.tags?.[0] ?? "API";
      const parameters = (operation.parameters ?? []).map((one) => ({
        name: one.name,
        place: one.in,
        isRequired: one.required ?? false,
        description: one.description ?? "",
      }));
      const shown = {
        id: operation.operationId ?? `${method} ${path}`,
        method: method.toUpperCase(),
        path,
        // Names in it are marked for a reader of Markdown.
        summary: (operation.summary ?? "").replaceAll("`", ""),
        parameters,
      };
      tags.set(tag, [...(tags.get(tag) ?? []), shown]);
    }
  }
  return [...tags];
}
