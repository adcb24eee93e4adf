import { expect, test } from "vitest";

import { untilOf } from "./until";

const NOW = new Date("2026-11-27T12:00:00");

test("no date is no end, and a day ends the suppression where it begins for the user", () => {
  expect(untilOf("", NOW)).toEqual({ until: null });
  expect(untilOf("2027-01-31", NOW)).toEqual({ until: new Date("2027-01-31T00:00").toISOString() });
});

test.each(["2027-01", "2027-", "2027-13-40"])("%s is no whole date, and is never taken for no end", (date) => {
  expect(untilOf(date, NOW).error).toMatch(/whole date/);
});

test.each(["2026-11-27", "2020-01-01"])("%s is not in the future", (date) => {
  expect(untilOf(date, NOW).error).toMatch(/in the future/);
});
