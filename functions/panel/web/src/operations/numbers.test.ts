import { expect, test } from "vitest";

import { lastHour, lastScheduled, messagesOf } from "./numbers";

const none = { succeeded: 0, incomplete: 0, held: 0, failed: 0, cancelled: 0 };

test("what is neither a listed failure nor unreadable is settled", () => {
  expect(messagesOf(12, 7, 1)).toBe("up to 7 of failed jobs that are listed, 1 unreadable, about 4 of settled failures");
  expect(messagesOf(0, 0, 0)).toBe("none");
  // The depth is approximate.
  expect(messagesOf(2, 3, 0)).toBe("up to 3 of failed jobs that are listed");
});

test("the newest hour tells only the outcomes that there were", () => {
  expect(lastHour([{ ...none, hour: "2026-11-27T10:00:00Z", succeeded: 5, failed: 1 }])?.text).toBe("5 succeeded, 1 failed");
  expect(lastHour([])).toBeUndefined();
});

test("the last scheduled sync is not the last that a person asked for", () => {
  const jobs = [
    { trigger: "manual", created_at: "2026-11-27T10:00:00Z" },
    { trigger: "schedule", created_at: "2026-11-27T09:00:00Z" },
  ] as const;

  expect(lastScheduled(jobs)).toBe("2026-11-27T09:00:00Z");
  expect(lastScheduled([])).toBeUndefined();
});
