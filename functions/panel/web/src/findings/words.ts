// Findings in words.

import type { Finding, WorkflowFinding } from "../api/client";
import { fieldInWords, taskInWords } from "../changes/names";
import { counted } from "../components/counted";
import { exact } from "../components/moments";
import type { OfTask } from "./byTask";
import { LEVELS } from "./levels";
import { RULES } from "./rules";

/** Paths whose last name says too little. */
const PLACES: Readonly<Record<string, string>> = { id: "the task itself", action_type: "action" };
const ITEM = /^(linkage|task)s\[(\d+)\]$/;

/** `client secret` for `parameters.oauth2.client_secret`, `linkage 3` for `linkages[2]`. */
export function placeInWords(path: string): string {
  const [, part, index] = ITEM.exec(path) ?? [];
  return part ? `${part} ${Number(index) + 1}` : (PLACES[path] ?? fieldInWords(path));
}

/** `Callout “Send”`; of what is not about a single task, `The workflow`. */
export function ownerInWords({ task }: Pick<Finding, "task">): string {
  return task ? taskInWords({ name: task.name, action_type: task.action_type }) : "The workflow";
}

/** `An address without encryption (S5)`. */
export function ruleInWords(rule: Finding["rule"]): string {
  return `${RULES[rule]} (${rule})`;
}

/** `Meant to be so until ...: a test system (ann@example.com)`; undefined if nobody has said so. */
export function suppressionInWords({ suppressed }: Pick<WorkflowFinding, "suppressed">): string | undefined {
  if (!suppressed) return undefined;
  const end = suppressed.until ? ` until ${exact(suppressed.until)}` : "";
  return `Meant to be so${end}: ${suppressed.reason} (${suppressed.by})`;
}

/** `2 findings, the worst an error`. */
export function ofTaskInWords({ level, count }: OfTask): string {
  const word = LEVELS[level].toLowerCase();
  return count === 1 ? `1 finding: ${word}` : `${counted(count, "finding")}, the worst: ${word}`;
}
