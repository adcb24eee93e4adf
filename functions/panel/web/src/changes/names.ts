// The parts of a definition and their fields, in words.

import type { Change } from "../api/client";

export type TaskName = NonNullable<Change["tasks"]>["added"][number];
export type LinkageName = NonNullable<Change["linkages"]>["added"][number];

/** `Call`, or `Call #2` where several are called so. */
export function taskName({ name, number, missing }: TaskName): string {
  if (missing) return "(missing task)";
  return `${name ?? "(no name)"}${number === undefined ? "" : ` #${number}`}`;
}

/** `Email “Dunning 3”`. */
export function taskInWords(task: TaskName): string {
  return `${task.action_type ?? "Task"} “${taskName(task)}”`;
}

/** `Large? → Call #2 (True)`; the beginning of the workflow is `Start`. */
export function linkageInWords(linkage: LinkageName): string {
  const type = linkage.linkage_type && linkage.linkage_type !== "Start" ? ` (${linkage.linkage_type})` : "";
  return `${linkageEnds(linkage)}${type}`;
}

/** The same without its type. */
export function linkageEnds({ from, to }: LinkageName): string {
  return `${from ? taskName(from) : "Start"} → ${to ? taskName(to) : "(no task)"}`;
}

/** Fields whose own name says too little. */
const FIELDS: Readonly<Record<string, string>> = {
  "parameters.email.to": "recipient",
  "parameters.email.cc": "copy recipient",
  "parameters.email.bcc": "blind copy recipient",
  "parameters.email.from": "sender",
  "parameters.url": "address",
  linkage_type: "type",
};

/** `recipient` for `parameters.email.to`, `raw body` for `parameters.raw_body`. */
export function fieldInWords(path: string): string {
  const [own = path] = path.split(".").slice(-1);
  return FIELDS[path] ?? own.replaceAll("_", " ");
}

/** The first few of them: `A, B and 7 more`; `of` is the number of all. */
export function fewOf(names: readonly string[], of = names.length, most = 5): string {
  const shown = [...new Set(names.slice(0, most))];
  const more = of - Math.min(names.length, most);
  return more > 0 ? `${shown.join(", ")} and ${more.toLocaleString("en")} more` : shown.join(", ");
}
