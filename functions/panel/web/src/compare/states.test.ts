import { expect, test } from "vitest";

import type { DriftRow } from "../api/client";
import { inWords, isDifference, pageOf } from "./states";

test("a row says how far its workflows are from each other", () => {
  expect(inWords({ state: "differs", edits: 1 })).toBe("Differs (1 edit)");
  expect(inWords({ state: "differs", edits: 1_200 })).toBe("Differs (1,200 edits)");
  expect(inWords({ state: "differs" })).toBe("Differs");
  expect(inWords({ state: "layout_only", edits: 2 })).toBe("Layout only");
});

test("the canvas makes no difference, but what could not be compared does", () => {
  expect((["same", "layout_only"] as const).some((state) => isDifference({ state }))).toBe(false);
  const others = ["differs", "only_left", "only_right", "ambiguous", "unreadable"] as const;
  expect(others.every((state) => isDifference({ state }))).toBe(true);
});

test("a row leads to both workflows, or to the one that there is", () => {
  const row = (sides: Partial<DriftRow>): DriftRow => ({ state: "same", classes: [], ...sides });
  const [left, right] = [{ zuora_id: "48" }, { zuora_id: "1048" }];

  expect(pageOf(row({ left, right }), "cus_1", "cus_2")).toBe("#/compare/cus_1/48/cus_2/1048");
  expect(pageOf(row({ left }), "cus_1", "cus_2")).toBe("#/customers/cus_1/workflows/48");
  expect(pageOf(row({ left: null, right }), "cus_1", "cus_2")).toBe("#/customers/cus_2/workflows/1048");
});
