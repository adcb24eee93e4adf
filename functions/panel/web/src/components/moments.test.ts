import { expect, test } from "vitest";

import { age, duration, exact } from "./moments";

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

test.each([
  [12_400, "12 s"],
  [184_000, "3 min 4 s"],
  [7_500_000, "2 h 5 min"],
  [273_600_000, "3 d 4 h"],
  [-5, "0 s"],
])("%i milliseconds are told as %s", (ms, told) => {
  expect(duration(ms)).toBe(told);
});

test("an exact time says its zone", () => {
  expect(exact("2026-11-23T12:00:00Z")).toMatch(/^2[34] Nov 2026, \d\d:00:00 \(UTC([+-]\d+)?\)$/);
});
