import { expect, test } from "vitest";

import type { DriftRow, DriftState } from "../api/client";
import { hasDifference, matrix } from "./matrix";

const row = (state: DriftState, left: string | null, right: string | null, name = "Dunning"): DriftRow => ({
  state,
  left: left === null ? null : { zuora_id: left, name },
  right: right === null ? null : { zuora_id: right, name },
  classes: [],
});
const states = (drifts: DriftRow[][]) =>
  matrix(drifts).map(({ name, cells }) => [name, ...cells.map((cell) => cell?.state ?? "-")]);

test("each workflow of the left customer has one row, whatever the others call theirs", () => {
  const test = [row("same", "48", "1"), row("only_left", "49", null, "Refunds")];
  const sandbox = [row("differs", "48", "7"), row("only_left", "49", null, "Refunds")];

  expect(states([test, sandbox])).toEqual([
    ["Dunning", "same", "differs"],
    ["Refunds", "only_left", "only_left"],
  ]);
});

test("what only others have is joined by its name, and nobody's second one is lost", () => {
  const test = [row("only_right", null, "1"), row("only_right", null, "2")];
  const sandbox = [row("only_right", null, "9"), row("only_right", null, "8", "Credits")];

  expect(states([test, sandbox])).toEqual([
    ["Credits", "-", "only_right"],
    ["Dunning", "only_right", "only_right"],
    ["Dunning", "only_right", "-"],
  ]);
});

test("a row differs if any of its cells does", () => {
  const of = (...cells: DriftState[]) => hasDifference(matrix(cells.map((state) => [row(state, "48", "1")]))[0]!);

  expect([of("same", "layout_only"), of("same", "differs"), of("ambiguous", "same")]).toEqual([false, true, true]);
});
