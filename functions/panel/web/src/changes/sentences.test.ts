import { expect, test } from "vitest";

import type { Change } from "../api/client";
import { told, type Sentence } from "./sentences";

const NONE = { added: [], removed: [], renamed: [], edited: [], counts: { added: 0, removed: 0, renamed: 0, edited: 0 } };

function change(changed: Partial<Change>): Change {
  return {
    zuora_id: "1",
    name: "Dunning",
    kind: "updated",
    at: "2026-01-31T09:07:08.120Z",
    job_id: "job_019c1347d2c07e5f9a3b1c2d4e5f6a7b",
    first_sync: false,
    version: { before: "0.0.4", after: "0.0.4" },
    fields: [],
    fields_count: 0,
    classes: ["logic"],
    definition_changed: false,
    settings: [],
    settings_count: 0,
    ...changed,
  };
}

function sentences(changed: Partial<Change>): readonly string[] {
  return told(change(changed)).sentences.map(inFull);
}

function inFull({ pieces, paths }: Sentence): string {
  const texts = pieces.map((piece) => (typeof piece === "string" ? piece : `[${piece.cron} ${piece.timezone}]`));
  return `${texts.join("")}${paths ? ` (${paths.join(", ")})` : ""}`;
}

test.each<[string, Partial<Change>, readonly string[]]>([
  [
    "a new name and a new version",
    { fields: [{ field: "name", before: "A", after: "B" }], version: { before: "0.0.4", after: "0.0.5" } },
    ["Renamed from “A” to “B”", "Version 0.0.4 → 0.0.5"],
  ],
  ["off", { fields: [{ field: "status", before: "Active", after: "Inactive" }] }, ["Switched off"]],
  ["on", { fields: [{ field: "status", before: "Inactive", after: "Active" }] }, ["Switched on"]],
  [
    "findings that came and went",
    { findings: { raised: ["S5"], resolved: ["S1", "E1"] } },
    [
      "New finding: An address without encryption (S5)",
      "Findings resolved: A credential is written into the task (S1), The id of an object is written into the task (E1)",
    ],
  ],
  ["an odd status", { fields: [{ field: "status", before: null, after: "Paused" }] }, ["Status none → Paused"]],
  [
    "a schedule, with its time zone told once",
    {
      fields: [
        { field: "interval", before: null, after: "15 3 * * *" },
        { field: "timezone", before: null, after: "Tokyo" },
      ],
    },
    ["Schedule changed: none → [15 3 * * * Tokyo]"],
  ],
  [
    "a time zone alone",
    { fields: [{ field: "timezone", before: "Tokyo", after: "UTC" }] },
    ["Time zone of the schedule changed: Tokyo → UTC"],
  ],
  ["a trigger", { fields: [{ field: "calloutTrigger", before: "true", after: "false" }] }, ["Callout trigger switched off"]],
  ["a deletion", { kind: "deleted", version: { before: "0.0.4", after: null } }, ["Deleted at Zuora"]],
  [
    "a creation by its extent",
    {
      kind: "created",
      version: { before: null, after: "0.0.1" },
      tasks: { ...NONE, counts: { ...NONE.counts, added: 3 } },
      linkages: { ...NONE, counts: { ...NONE.counts, added: 1 } },
      settings_count: 20,
    },
    ["Created: 3 tasks and 1 linkage"],
  ],
  [
    "definitions that could not be compared",
    { definition_changed: true },
    ["The definition changed; it could not be compared with the one before"],
  ],
])("a change tells %s", (_, changed, expected) => {
  expect(sentences(changed)).toEqual(expected);
});

test("tasks are told by their kind, name and number, and their fields in words", () => {
  const tasks: Change["tasks"] = {
    added: ["A", "B", "C", "D", "E", "F"].map((name) => ({ name, action_type: "Callout" })),
    removed: [{ name: null, action_type: null }],
    renamed: [{ from: { name: "Get", action_type: "Query" }, to: { name: "Fetch", action_type: "Query" } }],
    edited: [
      { name: "Dunning 3", action_type: "Email", fields: ["parameters.email.to"], class: "notification" },
      { name: "Call", action_type: "Callout", number: 2, fields: ["parameters.raw_body", "parameters.url"], class: "logic" },
      { name: "Old", action_type: null, fields: ["object"] },
    ],
    counts: { added: 60, removed: 1, renamed: 1, edited: 5 },
  };

  expect(sentences({ tasks })).toEqual([
    "60 tasks added: A, B, C, D, E and 55 more",
    "1 task removed: (no name)",
    "Task “Get” renamed to “Fetch”",
    "2 more tasks edited",
    "Email “Dunning 3”: recipient changed (parameters.email.to)",
    "Callout “Call #2”: raw body, address changed (parameters.raw_body, parameters.url)",
    "Task “Old”: object changed (object)",
  ]);
});

test("linkages are told by their ends", () => {
  const [large, call, gone] = [{ name: "Large?" }, { name: "Call", number: 2 }, { missing: true }];
  const linkages: Change["linkages"] = {
    ...NONE,
    added: [{ from: null, to: large, linkage_type: "Start" }],
    removed: [{ from: large, to: gone, linkage_type: "True" }],
    edited: [{ from: large, to: call, linkage_type: "False", fields: ["linkage_type"], class: "logic" }],
    counts: { added: 1, removed: 1, renamed: 0, edited: 1 },
  };

  expect(sentences({ linkages })).toEqual([
    "1 linkage added: Start → Large?",
    "1 linkage removed: Large? → (missing task) (True)",
    "Linkage Large? → Call #2: type changed (linkage_type)",
  ]);
});

test("what is no news is one line of names, without a value", () => {
  const { sentences, rest } = told(
    change({
      classes: ["logic", "layout", "bookkeeping"],
      fields: [
        { field: "active_version", before: `{"id":1}`, after: `{"id":2}` },
        { field: "updatedAt", before: "2026-01-02", after: "2026-01-03" },
      ],
      tasks: {
        ...NONE,
        edited: [
          { name: "Get", action_type: "Query", fields: ["css.top"], class: "layout" },
          {
            name: "Set",
            action_type: "Query",
            fields: ["css.top", "object"],
            class: "logic",
            class_of: { "css.top": "layout", object: "logic" },
          },
        ],
      },
      settings: ["workflow.priority", "workflow.version"],
      settings_count: 2,
      class_of: { "workflow.priority": "logic", "workflow.version": "bookkeeping" },
    }),
  );

  expect(sentences.map(inFull)).toEqual([
    "Query “Set”: object changed (object)",
    "Settings changed: priority (workflow.priority)",
  ]);
  expect(rest).toBe("Layout and bookkeeping: active_version, updatedAt, Query “Get”, version");
});

test("settings that a listed field tells are not told twice, and those of a quiet change are quiet", () => {
  const fields = [
    { field: "name", before: "A", after: "B" },
    { field: "calloutTrigger", before: "false", after: "true" },
  ];
  const settings = [
    ...["workflow.callout_trigger", "workflow.name", "workflow.priority", "workflow.version"],
    "workflow_definition.name",
  ];
  const version = { before: "0.0.1", after: "0.0.2" };

  expect(sentences({ fields, settings, settings_count: settings.length, version })).toEqual([
    "Renamed from “A” to “B”",
    "Callout trigger switched on",
    "Version 0.0.1 → 0.0.2",
    "Settings changed: priority (workflow.priority)",
  ]);
  const class_of = { "workflow.data": "bookkeeping" } as const;
  const quiet = told(change({ classes: ["bookkeeping"], settings: ["workflow.data"], settings_count: 1, class_of }));
  expect(quiet).toEqual({ sentences: [], rest: "Bookkeeping: data" });
});
