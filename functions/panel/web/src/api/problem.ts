// What the API says when it says no: RFC 9457, with the field that is wrong where there is one.

import type { components } from "./schema";

export type ProblemBody = components["schemas"]["Problem"] & {
  /** Of a definition that is too large for one answer: in how many parts it can be asked for. */
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

  /** How to mend the parameters that are wrong. */
  get ofParameters(): readonly string[] {
    return (this.body.errors ?? []).filter(({ pointer }) => !pointer.startsWith("/")).map(({ detail }) => detail);
  }

  /** What is wrong with a field, by its JSON pointer. */
  of(pointer: string): string | undefined {
    return this.body.errors?.find((error) => error.pointer === pointer)?.detail;
  }
}

/** Whether asking again may help: a refusal stays one, what could not be reached may be reached the next time. */
export function mayPass(error: unknown): boolean {
  return error instanceof Problem ? error.body.status >= 500 : error instanceof TypeError;
}

/** A sentence for whatever was thrown, and how to mend what is wrong with the address: a field's fault stands beside the field. */
export function sentence(error: unknown): string {
  if (error instanceof TypeError) return "The API could not be reached. Check your network connection and try again.";
  if (error instanceof Problem) return [error.message, ...error.ofParameters].join(" ");
  return error instanceof Error ? error.message : String(error);
}

/** What is wrong with a field, if that is what was thrown. */
export function fieldError(error: unknown, pointer: string): string | undefined {
  return error instanceof Problem ? error.of(pointer) : undefined;
}
