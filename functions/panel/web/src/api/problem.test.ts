import { expect, test } from "vitest";

import { fieldError, mayPass, Problem, sentence } from "./problem";

const problem = (...errors: { pointer: string; detail: string }[]) =>
  new Problem({
    type: "/problems/validation-failed",
    title: "Wrong",
    status: 422,
    detail: "Correct it.",
    instance: "id",
    errors,
  });

test("what is wrong with the address is told in the sentence, what is wrong with a field beside the field", () => {
  expect(sentence(problem({ pointer: "since", detail: "Use a moment." }))).toBe("Correct it. Use a moment.");
  const ofField = problem({ pointer: "/name", detail: "must not be empty" });
  expect([sentence(ofField), fieldError(ofField, "/name")]).toEqual(["Check the marked fields.", "Must not be empty."]);
});

test("a request that got no answer does not claim to know what became of it", () => {
  expect(sentence(new TypeError("Failed to fetch"))).toMatch(/^The API could not be reached/);
  expect(sentence("odd")).toBe("odd");
});

test("only what may pass is asked for again", () => {
  const refused = problem();
  const failed = new Problem({ ...refused.body, status: 503 });

  expect([refused, failed, new TypeError("Failed to fetch"), new Error("changed again and again")].map(mayPass)).toEqual([
    false,
    true,
    true,
    false,
  ]);
});
