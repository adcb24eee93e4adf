import { expect, test } from "vitest";

import { isUserId } from "./userId";

test.each([
  ["3f2b8c1e-9d4a-4c5b-8e7f-0a1b2c3d4e5f", true],
  ["not-a-uuid", false],
  ["3f2b8c1e-9d4a-4c5b-8e7f-0a1b2c3d4e5", false],
  ["somebody@example.com", false],
  ["", false],
])("%j is a user ID: %s", (text, expected) => {
  expect(isUserId(text)).toBe(expected);
});
