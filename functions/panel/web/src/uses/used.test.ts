import { expect, test } from "vitest";

import type { Use } from "../api/client";
import { byKind } from "./used";

const use = (kind: Use["kind"], value: string, task?: string, more: Partial<Use> = {}): Use => ({
  kind,
  value,
  path: "parameters.url",
  ...(task && { task_id: task, task_name: `Task ${task}` }),
  ...more,
});

test("what is used is one entry with the tasks that use it, workflows first", () => {
  const used = byKind([
    use("host", "a.example.com", "1"),
    use("workflow", "48", "2", { workflows: [] }),
    use("host", "a.example.com", "2"),
    use("host", "a.example.com", "2", { path: "parameters.body" }),
    use("host", "b.example.com"),
  ]);

  expect(used.map(({ kind, used }) => [kind, used.map(({ value, tasks }) => [value, [...tasks.values()]])])).toEqual([
    ["workflow", [["48", ["Task 2"]]]],
    [
      "host",
      [
        ["a.example.com", ["Task 1", "Task 2"]],
        ["b.example.com", ["settings of the workflow"]],
      ],
    ],
  ]);
});

test("an id and a name that read alike stay apart if they mean other workflows", () => {
  const [workflows] = byKind([
    use("workflow", "48", "1", { workflows: [{ workflow_id: "48" }] }),
    use("workflow", "48", "2", { workflows: [{ workflow_id: "7" }] }),
  ]);

  expect(workflows?.used.map(({ first }) => first.workflows?.[0]?.workflow_id)).toEqual(["48", "7"]);
});
