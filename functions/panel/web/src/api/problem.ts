// Error responses of the API (RFC 9457), with the invalid fields.

import type { components } from "./schema";

export type ProblemBody = components["schemas"]["Problem"] & {
  /** For a definition that is too large for one response: the number of its parts. */
  readonly parts?: number;
};

/** A refused request. `message` is a sentence for the user that says what to do. */
export class Problem extends Error {
  constructor(readonly body: ProblemBody) {
    super(body.detail);
  }

  /** `stale`, `not-found` ...: the last part of its type. */
  get slug(): string {
    return this.body.type.split("/").pop() ?? "";
  }

  /** The request had invalid fields, which are marked on the page. */
  get hasFields(): boolean {
    return (this.body.errors ?? []).some(({ pointer }) => pointer.startsWith("/"));
  }

  /** Details of the invalid query parameters. */
  get ofParameters(): readonly string[] {
    return (this.body.errors ?? []).filter(({ pointer }) => !pointer.startsWith("/")).map(({ detail }) => detail);
  }

  /** The error of a field or of one of its parts, by the field's JSON pointer. */
  of(pointer: string): string | undefined {
    return this.body.errors?.find((error) => error.pointer === pointer || error.pointer.startsWith(`${pointer}/`))?.detail;
  }
}

/** Returns true for errors that a retry may overcome: those of the server and the network, not refusals. */
export function mayPass(error: unknown): boolean {
  return error instanceof Problem ? error.body.status >= 500 : error instanceof TypeError;
}

/** Returns true for the refusal that says that there is no such thing, or not any more. */
export function isGone(error: unknown): boolean {
  return error instanceof Problem && error.slug === "not-found";
}

/** A sentence for any error, with the details of invalid query parameters. Errors of fields are shown beside the fields. */
export function sentence(error: unknown): string {
  if (error instanceof TypeError) return "The API could not be reached. Check your network connection and try again.";
  if (error instanceof Problem) {
    return [error.hasFields ? "Check the marked fields." : error.message, ...error.ofParameters].join(" ");
  }
  return error instanceof Error ? error.message : String(error);
}

/** The error of a field as a sentence, if there is one. */
export function fieldError(error: unknown, pointer: string): string | undefined {
  const detail = error instanceof Problem ? error.of(pointer) : undefined;
  return detail && `${detail.charAt(0).toUpperCase()}${detail.slice(1)}${/[.!?]$/.test(detail) ? "" : "."}`;
}
