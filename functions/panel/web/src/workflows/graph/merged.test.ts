import { expect, test } from "vitest";

import type { Diff } from "../../diff/diff";
import { merged } from "./merged";
import type { Graph } from "./model";

const task = (id: string, name: string) => ({ id, name, action_type: "Callout" });
const link = (source: string | null, target: string, linkage_type = "Success") => ({
  source_task_id: source,
  target_task_id: target,
  linkage_type,
});
const name = (name: string, number?: number) => ({ name, action_type: "Callout", ...(number ? { number } : {}) });
const linkage = (from: object, to: object) => ({ from, to, linkage_type: "Success" });
const NONE = { added: [], removed: [], renamed: [], edited: [] };
const diff = (tasks: Partial<Diff["tasks"]>, linkages: Partial<Diff["linkages"]> = {}): Diff => ({
  from: "a",
  to: "b",
  classes: ["logic"],
  complete: true,
  settings: [],
  tasks: { ...NONE, ...tasks },
  linkages: { ...NONE, ...linkages },
});
const edit = (path: string, about: "logic" | "layout") => ({
  path,
  class: about,
  before: "1",
  after: "2",
  masked: false,
  left_out: false,
});

/** Nodes and edges by the labels of tasks, with their marks. */
function drawn({ nodes, edges }: Graph) {
  const labels = new Map(nodes.map(({ id, label }) => [id, label]));
  return {
    nodes: nodes.map(({ label, mark }) => [label, mark]),
    edges: edges.map(({ from, to, mark }) => [labels.get(from), labels.get(to), mark]),
  };
}

test("the new graph is marked, and what was removed stands where it stood", () => {
  const before = {
    tasks: [task("1", "Get"), task("2", "Gone"), task("3", "Mail")],
    linkages: [link(null, "1", "Start"), link("1", "2"), link("2", "3")],
  };
  const after = {
    tasks: [task("1", "Fetch"), task("2", "New"), task("3", "Mail")],
    linkages: [link(null, "1", "Start"), link("1", "2"), link("2", "3")],
  };
  const found = merged(
    before,
    after,
    diff(
      {
        added: [name("New")],
        removed: [name("Gone")],
        renamed: [{ from: name("Get"), to: name("Fetch") }],
        edited: [{ name: name("Mail"), edits: [edit("css.top", "layout")] }],
      },
      {
        added: [linkage(name("Fetch"), name("New")), linkage(name("New"), name("Mail"))],
        removed: [linkage(name("Get"), name("Gone")), linkage(name("Gone"), name("Mail"))],
      },
    ),
  );

  expect(drawn(found.graph)).toEqual({
    nodes: [
      ["Fetch", "edited"],
      ["New", "added"],
      ["Mail", undefined],
      ["Start", undefined],
      ["Gone", "removed"],
    ],
    edges: [
      ["Start", "Fetch", undefined],
      ["Fetch", "New", "added"],
      ["New", "Mail", "added"],
      ["Fetch", "Gone", "removed"],
      ["Gone", "Mail", "removed"],
    ],
  });
  expect([...found.edited.keys()]).toEqual(["3"]);
});

test("like-named tasks are known by their number, in the order of the export", () => {
  const tasks = [task("7", "Call"), task("8", "Call")];
  const { graph, edited } = merged(
    { tasks, linkages: [] },
    { tasks, linkages: [] },
    diff({ edited: [{ name: name("Call", 2), edits: [edit("object", "logic")] }] }),
  );

  expect(graph.nodes.map(({ id, mark }) => [id, mark])).toEqual([
    ["7", undefined],
    ["8", "edited"],
  ]);
  expect([...edited.keys()]).toEqual(["8"]);
});

test("a removed linkage is left out rather than drawn to a like-named task that may be another one", () => {
  const before = {
    tasks: [task("1", "Call"), task("2", "Call"), task("3", "Call"), task("4", "Gone")],
    linkages: [link("4", "2")],
  };
  const after = { tasks: [task("1", "Call"), task("2", "Call")], linkages: [] };
  const removed = { removed: [name("Call", 1), name("Gone")] };
  const { graph } = merged(before, after, diff(removed, { removed: [linkage(name("Gone"), name("Call", 2))] }));

  expect(graph.nodes.filter(({ mark }) => mark === "removed").map(({ label }) => label)).toEqual(["Call", "Gone"]);
  expect(graph.edges).toEqual([]);
});
