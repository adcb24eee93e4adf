import { expect, test } from "vitest";

import { FINISH, graphOf, START } from "./model";

const task = (id: number | string, name: string | null = `T${id}`) => ({ id, name, action_type: "Callout" });
const link = (source: number | string | null, target: number | string, type: string) => ({
  source_workflow_id: source === null ? 1 : null,
  source_task_id: source,
  target_task_id: target,
  linkage_type: type,
});

test("the entry comes from the start, the finish from its own place, and branches keep their names", () => {
  const { nodes, edges, broken } = graphOf({
    tasks: [task(10), task("11"), task(12, null)],
    linkages: [link(null, 10, "Start"), link(10, 11, "Success"), link(10, 12, "Failure"), link(null, 12, "Finish")],
  });

  expect(nodes.map(({ id, label }) => [id, label])).toEqual([
    ["10", "T10"],
    ["11", "T11"],
    ["12", "Task 12"],
    [START, "Start"],
    [FINISH, "When all tasks have ended"],
  ]);
  expect(edges.map(({ from, to, label }) => [from, to, label])).toEqual([
    [START, "10", ""],
    ["10", "11", "Success"],
    ["10", "12", "Failure"],
    [FINISH, "12", "Finish"],
  ]);
  expect(broken).toBe(0);
});

test("an event's entry is labelled with its name", () => {
  const { edges } = graphOf({ tasks: [task(1)], linkages: [link(null, 1, "Invoice Posted")] });

  expect(edges[0]).toMatchObject({ from: START, label: "Invoice Posted" });
});

test("a cycle is drawn and marked, wherever it is", () => {
  const { edges } = graphOf({
    tasks: [task(1), task(2), task(3), task(4), task(5)],
    linkages: [
      link(null, 1, "Start"),
      link(1, 2, "Success"),
      link(2, 3, "Success"),
      link(3, 1, "Success"),
      link(4, 5, "Success"),
      link(5, 4, "Success"),
      link(5, 5, "Failure"),
    ],
  });

  expect(edges.filter(({ isBack }) => isBack).map(({ from, to }) => [from, to])).toEqual([
    ["3", "1"],
    ["5", "4"],
    ["5", "5"],
  ]);
});

test("two ways to one task are no cycle", () => {
  const { edges } = graphOf({
    tasks: [task(1), task(2), task(3)],
    linkages: [link(null, 1, "Start"), link(1, 2, "True"), link(1, 3, "False"), link(2, 3, "Success")],
  });

  expect(edges.some(({ isBack }) => isBack)).toBe(false);
});

test("linkages to tasks that are not there are counted, not drawn", () => {
  const { edges, broken } = graphOf({
    tasks: [task(1)],
    linkages: [link(null, 1, "Start"), link(1, 9, "Success"), link(8, 1, "Success")],
  });

  expect([edges.length, broken]).toEqual([1, 2]);
});

test("a chain of 20,000 tasks is walked without a fault", () => {
  const count = 20_000;
  const tasks = Array.from({ length: count }, (_, index) => task(index));
  const linkages = tasks.slice(1).map(({ id }) => link(Number(id) - 1, id, "Success"));

  expect(graphOf({ tasks, linkages }).edges.length).toBe(count - 1);
});

test.each([undefined, null, "text", [], {}, { tasks: "x", linkages: 3 }, { tasks: [null, 1, {}], linkages: [null] }])(
  "what is no definition (%j) is an empty graph",
  (definition) => {
    expect(graphOf(definition).nodes).toEqual([]);
  },
);
