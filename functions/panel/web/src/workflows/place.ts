// A place in a definition: its address in the panel, and in words.

import { fieldInWords } from "../changes/names";

/** The page of a workflow with the task chosen in the graph; without a task, its definition. */
export function placeHref(customerId: string, workflowId: string, taskId: string | null | undefined): string {
  const shown = new URLSearchParams(taskId ? { tab: "graph", task: taskId } : { tab: "definition" });
  return `#/customers/${customerId}/workflows/${workflowId}?${shown}`;
}

/** `recipient` for `parameters.email.to[0]`. */
export function pathInWords(path: string): string {
  return fieldInWords(path.replaceAll(/\[\d+\]/g, ""));
}
