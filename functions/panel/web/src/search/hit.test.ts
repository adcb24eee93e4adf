import { expect, test } from "vitest";

import { pageOf } from "./hit";

const hex = "0123456789abcdef0123456789abcdef";

test("a pasted id of a customer or a job leads to its page without a search", () => {
  expect(pageOf(`cus_${hex}`)?.value).toBe(`/customers/cus_${hex}`);
  expect(pageOf(`job_${hex}`)?.value).toBe(`/jobs/job_${hex}`);
  expect([pageOf("cus_12"), pageOf(`job_${hex}0`), pageOf("Acme")]).toEqual([undefined, undefined, undefined]);
});
