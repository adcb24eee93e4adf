// What a search asks for, in the address of its page: it can be bookmarked and sent to a colleague.

import type { SearchKind } from "../api/client";

export interface Asked {
  readonly q: string;
  readonly kind: SearchKind;
  /** Only at this customer; empty for all. */
  readonly customerId: string;
}

/** Where to look, in words. */
export const KINDS: Readonly<Record<SearchKind, string>> = {
  name: "Names and IDs",
  text: "Any text in definitions",
  field: "Fields",
  object: "Objects",
  host: "Hosts",
  email: "E-mail addresses",
  constant: "Constants",
  workflow: "Workflows that are run",
  action_type: "Types of tasks",
};

/** Fewer characters would find everything. */
const MIN_LENGTH = 3;

/** Whether the API would take it: a whole Zuora id may be shorter than other texts. */
export function isLongEnough(q: string, kind: SearchKind = "name"): boolean {
  return [...q].length >= MIN_LENGTH || (kind === "name" && /^\d+$/.test(q));
}

export const TOO_SHORT = "Type at least three characters.";

export function askedOf(parameters: URLSearchParams): Asked {
  const kind = parameters.get("kind") ?? "name";
  return {
    q: (parameters.get("q") ?? "").trim(),
    kind: isKind(kind) ? kind : "name",
    customerId: parameters.get("customer_id") ?? "",
  };
}

/** The query of the API, and of the address. */
export function queryOf({ q, kind, customerId }: Asked) {
  return { q, kind, ...(customerId && { customer_id: customerId }) };
}

/** The path of the page, in the router. */
export function searchPath(q: string, kind: SearchKind = "name", customerId = ""): string {
  return `/search?${new URLSearchParams(queryOf({ q, kind, customerId }))}`;
}

function isKind(text: string): text is SearchKind {
  return Object.hasOwn(KINDS, text);
}
