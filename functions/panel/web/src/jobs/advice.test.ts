import { expect, test } from "vitest";

import { adviceOn } from "./advice";

const error = (of: "transient" | "config") => ({
  class: of,
  message: "Zuora answered 503.",
  next_step: "It is tried again by itself.",
});

test("after its last attempt, a job is not said to be tried again by itself", () => {
  const failed = adviceOn({ state: "failed", attempts: 5, error: error("transient") });

  expect(failed).toMatch(/^It failed 5 times and is not tried again\. Look at trust\.zuora\.com .* Then retry the job\.$/);
  expect(adviceOn({ state: "waiting", attempts: 2, error: error("transient") })).toBe("It is tried again by itself.");
});

test("other errors have the advice of the API, and a job without an error has none", () => {
  expect(adviceOn({ state: "failed", attempts: 1, error: error("config") })).toBe("It is tried again by itself.");
  expect(adviceOn({ state: "succeeded", attempts: 1, error: null })).toBeUndefined();
});
