import { expect, test } from "vitest";

import { age } from "./time";

const NOW = Date.parse("2026-11-23T12:00:00Z");

test.each([
  ["2026-11-23T11:59:31Z", "just now"],
  ["2026-11-23T11:58:30Z", "1 minute ago"],
  ["2026-11-23T09:00:00Z", "3 hours ago"],
  ["2026-11-22T11:00:00Z", "yesterday"],
  ["2026-05-23T12:00:00Z", "6 months ago"],
  ["2026-11-23T12:05:00Z", "in 5 minutes"],
  ["some day", "some day"],
])("the age of %s is told as %s", (at, told) => {
  expect(age(at, NOW)).toBe(told);
});
