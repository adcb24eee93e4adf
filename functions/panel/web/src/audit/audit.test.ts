import { expect, test } from "vitest";

import { spanOf, type Period } from "./period";
import { changeInWords } from "./words";

// A Friday.
const NOW = new Date(2026, 10, 27, 10, 30);
const local = (text: string | undefined) => text && new Date(text).toLocaleString("sv").slice(0, 16);

test.each([
  ["today", "2026-11-27 00:00", undefined],
  ["yesterday", "2026-11-26 00:00", "2026-11-27 00:00"],
  ["last_7_days", "2026-11-21 00:00", undefined],
  ["last_week", "2026-11-16 00:00", "2026-11-23 00:00"],
  ["last_30_days", "2026-10-29 00:00", undefined],
] as const)("%s is from %s to %s", (period: Period, since, until) => {
  const span = spanOf(period, NOW);

  expect([local(span.since), local(span.until)]).toEqual([since, until]);
});

test("on a Sunday and a Monday last week is the one that ended before Monday", () => {
  expect(local(spanOf("last_week", new Date(2026, 10, 29)).since)).toBe("2026-11-16 00:00");
  expect(local(spanOf("last_week", new Date(2026, 10, 30)).since)).toBe("2026-11-23 00:00");
});

test("a change names the field in words and cuts long values", () => {
  expect(changeInWords({ field: "name", before: "Acme", after: "Bolt" })).toBe("Name: Acme → Bolt");
  expect(changeInWords({ field: "owner", before: "Al", after: null })).toBe("Owner: Al → none");
  expect(changeInWords({ field: "zuora_client_secret" })).toBe("Zuora client secret was set");
  expect(changeInWords({ field: "verbs", before: null, after: "view_any, view" })).toBe(
    "Permissions: See it in lists, view all details",
  );
  expect(changeInWords({ field: "sync_frequency", before: "hourly", after: "every_two_hours" })).toBe(
    "Sync frequency: Every hour → Every two hours",
  );
  expect(changeInWords({ field: "notes", before: "x".repeat(100), after: "y" })).toBe(`Notes: ${"x".repeat(60)}… → y`);
});
