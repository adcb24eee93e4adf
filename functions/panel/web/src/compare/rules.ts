// What differs between two customers on purpose, as it is stored beside one of them and as it is typed.

import type { ComparedWith } from "../api/client";

/** The rules as texts: one path, or one pair `left = right`, in each line. */
export interface Fields {
  readonly ignore: string;
  readonly hosts: string;
  readonly emails: string;
  readonly constants: string;
  /** Workflows by their Zuora ids. */
  readonly links: string;
}

export const MAPS = ["hosts", "emails", "constants"] as const;
type Words = Readonly<Record<string, string>>;

export function fieldsOf(rules: ComparedWith | undefined): Fields {
  const { hosts = {}, emails = {}, constants = {} } = rules?.map ?? {};
  return {
    ignore: (rules?.ignore ?? []).join("\n"),
    hosts: pairs(hosts),
    emails: pairs(emails),
    constants: pairs(constants),
    links: pairs(Object.fromEntries((rules?.links ?? []).map(({ left, right }) => [left, right]))),
  };
}

/** The rules that the texts mean. */
export function rulesOf(fields: Fields, customerId: string): ComparedWith {
  return {
    customer_id: customerId,
    links: Object.entries(readPairs(fields.links).words).map(([left, right]) => ({ left, right })),
    ignore: [...new Set(lines(fields.ignore))],
    map: Object.fromEntries(MAPS.map((name) => [name, readPairs(fields[name]).words])),
  };
}

/** The rules with one more link, in place of those that these two workflows were in. */
export function linked(rules: ComparedWith, left: string, right: string): ComparedWith {
  const others = (rules.links ?? []).filter((link) => link.left !== left && link.right !== right);
  return { ...rules, links: [...others, { left, right }] };
}

/** Words from pairs; the first line that is none, or repeats a word, is told. */
export function readPairs(text: string): { readonly words: Words; readonly error: string | undefined } {
  const words = new Map<string, string>();
  for (const line of lines(text)) {
    const [, left, right] = /^(\S+)\s*=\s*(\S+)$/.exec(line) ?? [];
    if (!left || !right) return { words: Object.fromEntries(words), error: `“${line}” is no pair. Write left = right.` };
    if (words.has(left)) return { words: Object.fromEntries(words), error: `“${left}” stands twice on the left.` };
    words.set(left, right);
  }
  return { words: Object.fromEntries(words), error: undefined };
}

function pairs(words: Words): string {
  return Object.entries(words)
    .map(([left, right]) => `${left} = ${right}`)
    .join("\n");
}

function lines(text: string): readonly string[] {
  return text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
}

type Side = "left" | "right";

/**
 * The side whose customer holds the rules of the two. They count whichever is asked about first. Without any, the side that holds
 * none for another customer, which saving would replace.
 */
export function holderOf(
  leftId: string,
  rightId: string,
  ofLeft: ComparedWith | undefined,
  ofRight: ComparedWith | undefined,
): Side {
  if (ofLeft?.customer_id === rightId) return "left";
  if (ofRight?.customer_id === leftId) return "right";
  return ofLeft && !ofRight ? "right" : "left";
}
