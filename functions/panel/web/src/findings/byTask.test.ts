import { expect, test } from "vitest";

import type { FindingLevel, WorkflowFinding } from "../api/client";
import { byTask } from "./byTask";

const finding = (level: FindingLevel, task: string | null, isSuppressed = false): WorkflowFinding => ({
  rule: "S5",
  level,
  title: "",
  why: "",
  path: "",
  remedy: "",
  source: "",
  task: task === null ? null : { id: task },
  suppressed: isSuppressed ? { reason: "so", by: "ann" } : null,
});

test("a task is marked by the worst of its findings, and by their number", () => {
  expect(byTask([finding("info", "1"), finding("error", "1"), finding("warning", "1"), finding("info", "2")])).toEqual(
    new Map([
      ["1", { level: "error", count: 3 }],
      ["2", { level: "info", count: 1 }],
    ]),
  );
});

test("what is meant to be so, and what is about no task, is not marked", () => {
  expect(byTask([finding("error", "1", true), finding("error", null), finding("info", "1")])).toEqual(
    new Map([["1", { level: "info", count: 1 }]]),
  );
});
