// The tasks of a workflow as the API answers them, each beside its own text: what is shown of a task is the text, because its
// parameters are free JSON, whose numbers are not ours to round.

import { body, type Api, type Task } from "../api/client";
import { elements, member } from "../components/json";
import type { Ids } from "./definition";

export interface ShownTask extends Pick<Task, "id" | "name" | "action_type" | "object" | "call_type" | "priority" | "tags"> {
  /** All of it as JSON. */
  readonly json: string;
}

export async function readTasks(api: Api, path: Ids): Promise<readonly ShownTask[]> {
  const answer = await api.GET("/v1/customers/{customer_id}/workflows/{workflow_id}/tasks", {
    params: { path },
    parseAs: "text",
  });
  return elements(member(body<string>(answer), "items") ?? "[]").map(shown);
}

function shown(json: string): ShownTask {
  const { id, name, action_type, object, call_type, priority, tags } = JSON.parse(json) as Task;
  return { id, name, action_type, object, call_type, priority, tags, json };
}
