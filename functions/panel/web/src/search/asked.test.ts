import { expect, test } from "vitest";

import { askedOf, isLongEnough, searchPath } from "./asked";

test("an address says what was searched, and nothing else than the API knows", () => {
  const asked = (address: string) => askedOf(new URLSearchParams(address.split("?")[1]));

  expect(asked(searchPath("a&b=c", "host", "cus_1"))).toEqual({ q: "a&b=c", kind: "host", customerId: "cus_1" });
  expect(asked("?q=+Acme+&kind=toString")).toEqual({ q: "Acme", kind: "name", customerId: "" });
});

test("three characters are needed, fewer only for a Zuora id", () => {
  expect([isLongEnough("ab"), isLongEnough("abc"), isLongEnough("48"), isLongEnough("")]).toEqual([false, true, true, false]);
  expect([isLongEnough("48", "workflow"), isLongEnough("𝒂𝒃")]).toEqual([false, false]);
});
