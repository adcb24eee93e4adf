import { expect, test } from "vitest";

import { partsApart, readDiff } from "./diff";

const none = { added: [], removed: [], renamed: [] };

function answer(edits: string): string {
  const task = `{"name":"Call","action_type":"Callout","number":2,"edits":[${edits}]}`;
  return `{"from":"a","to":"b","classes":["logic"],"complete":true,"settings":[],
    "linkages":${JSON.stringify({ ...none, edited: [] })},
    "tasks":{"added":[],"removed":[],"renamed":[],"edited":[${task}]}}`;
}

test("values are texts for people, with every number as it was sent", () => {
  const { tasks } = readDiff(
    answer(`{"path":"a","class":"logic","before":"one\\ntwo","after":{"id":9007199254740993,"rate":1.50}},
            {"path":"b","class":"logic","before":null,"after":false},
            {"path":"c","class":"logic","before":"***","after":"","masked":true}`),
  );

  expect(tasks.edited[0]?.name).toMatchObject({ name: "Call", action_type: "Callout", number: 2 });
  expect(tasks.edited[0]?.edits).toEqual([
    edit("a", "one\ntwo", `{\n  "id": 9007199254740993,\n  "rate": 1.50\n}`),
    edit("b", undefined, "false"),
    { ...edit("c", "***", ""), masked: true },
  ]);
});

function edit(path: string, before: string | undefined, after: string | undefined) {
  return { path, class: "logic", before, after, masked: false, left_out: false };
}

test("layout and bookkeeping stand apart, also within one task", () => {
  const { tasks } = readDiff(answer(`{"path":"a","class":"logic"},{"path":"css.top","class":"layout"}`));

  const paths = (which: "loud" | "quiet") => partsApart(tasks.edited, which).map(({ edits }) => edits.map(({ path }) => path));
  expect([paths("loud"), paths("quiet")]).toEqual([[["a"]], [["css.top"]]]);
});
