import { expect, test } from "vitest";

import { isZuoraId, pageOf } from "./hit";

const hex = "0123456789abcdef0123456789abcdef";

test("a pasted id of a customer or a job leads to its page without a search", () => {
  expect(pageOf(`cus_${hex}`)?.value).toBe(`/customers/cus_${hex}`);
  expect(pageOf(`job_${hex}`)?.value).toBe(`/jobs/job_${hex}`);
  expect([pageOf("cus_12"), pageOf(`job_${hex}0`), pageOf("Acme")]).toEqual([undefined, undefined, undefined]);
});

test("a number is looked for as Zuora's id of a workflow", () => {
  expect([isZuoraId("29381"), isZuoraId("2938 billing")]).toEqual([true, false]);
});
