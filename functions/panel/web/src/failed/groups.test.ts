import { expect, test } from "vitest";

import type { DeadLetter } from "../api/client";
import { groupsOf, sizeOf } from "./groups";

const job = (id: string, customer: string, errorClass: "config" | "transient", at: string): DeadLetter => ({
  job_id: id,
  customer_id: customer,
  kind: "sync",
  attempts: 1,
  actions: ["retry"],
  dead_lettered_at: at,
  error: { class: errorClass, message: "Zuora said no.", next_step: "Retry." },
});
const message: DeadLetter = {
  message_id: "m1",
  reason: "the body is not JSON",
  body: "{",
  dead_lettered_at: "2026-11-27T08:00:00Z",
  actions: ["delete"],
};

test("failures are grouped by cause, the largest group first and unreadable messages last", () => {
  const letters = [
    message,
    job("job_1", "cus_1", "transient", "2026-11-27T09:00:00Z"),
    job("job_2", "cus_2", "config", "2026-11-27T11:00:00Z"),
    job("job_3", "cus_2", "config", "2026-11-27T10:00:00Z"),
  ];

  const groups = groupsOf(letters);

  expect(groups.map((group) => [group.title, sizeOf(group), group.since])).toEqual([
    ["Invalid credentials or address", "2 jobs of 1 customer", "2026-11-27T10:00:00Z"],
    ["Zuora cannot be reached", "1 customer", "2026-11-27T09:00:00Z"],
    ["Unreadable messages", "1 message", "2026-11-27T08:00:00Z"],
  ]);
});
