import { expect, test } from "vitest";

import { ownerInWords, placeInWords, ruleInWords, suppressionInWords, ofTaskInWords } from "./words";

test.each([
  ["parameters.oauth2.client_secret", "client secret"],
  ["parameters.url", "address"],
  ["workflow.timezone", "timezone"],
  ["linkages[2]", "linkage 3"],
  ["tasks[0]", "task 1"],
  ["id", "the task itself"],
])("the path %s is %s", (path, words) => {
  expect(placeInWords(path)).toBe(words);
});

test("a finding is about a task by kind and name, or about the workflow", () => {
  expect(ownerInWords({ task: { id: "1", name: "Send", action_type: "Callout" } })).toBe("Callout “Send”");
  expect(ownerInWords({ task: { id: "1" } })).toBe("Task “(no name)”");
  expect(ownerInWords({ task: null })).toBe("The workflow");
});

test("a rule is named by its title and its id", () => {
  expect(ruleInWords("S5")).toBe("An address without encryption (S5)");
});

test("a suppression tells reason, person and end", () => {
  expect(suppressionInWords({ suppressed: null })).toBeUndefined();
  expect(suppressionInWords({ suppressed: { reason: "a test", by: "ann@example.com" } })).toBe(
    "Meant to be so: a test (ann@example.com)",
  );
  const until = suppressionInWords({ suppressed: { reason: "a test", by: "ann", until: "2027-01-15T12:00:00Z" } });
  expect(until).toMatch(/^Meant to be so until 15 Jan 2027.*: a test \(ann\)$/);
});

test("the findings of a task are counted, with the level of the worst", () => {
  expect(ofTaskInWords({ level: "info", count: 1 })).toBe("1 finding: info");
  expect(ofTaskInWords({ level: "error", count: 3 })).toBe("3 findings, the worst: error");
});
