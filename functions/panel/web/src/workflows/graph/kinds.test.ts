import { expect, test } from "vitest";

import { kindOf } from "./kinds";

test.each([
  ["If", "flow"],
  ["Logic::Case", "flow"],
  ["CustomObject::Query", "read"],
  ["CustomObject::Update", "change"],
  ["Billing::BillRun", "change"],
  ["Logic::Liquid", "transform"],
  ["Callout", "send"],
  ["Quantum::Reconcile", undefined],
  ["", undefined],
])("a task of the type %s has the kind %s", (actionType, kind) => {
  expect(kindOf(actionType)).toBe(kind);
});
