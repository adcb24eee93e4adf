// The tasks of a workflow as the API returns them, each with its own JSON text: the text is shown, because a task's parameters
// are free JSON whose numbers must not be rounded.

import { body, type Api, type Task } from "../api/client";
import { elements, member } from "../components/json";
import type { Ids } from "./definition";

export interface ShownTask extends Pick<Task, "id" | "name" | "action_type" | "object" | "call_type" | "priority" | "tags"> {
  /** The whole task as JSON. */
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
