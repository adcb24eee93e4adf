import { expect, test } from "vitest";

import { Problem } from "../api/problem";
import { EMPTY, fieldErrors, hasSameCredentials, isSame } from "./fields";

const refused = new Problem({
  type: "/problems/validation-failed",
  title: "Wrong",
  status: 422,
  detail: "Correct it.",
  instance: "id",
  errors: [
    { pointer: "/name", detail: "must not be empty" },
    { pointer: "/zuora_base_url", detail: "must be a host of Zuora" },
  ],
});

test("a refused field is marked until it is edited", () => {
  const sent = { ...EMPTY, baseUrl: "https://example.com" };
  expect(fieldErrors(refused, sent, sent)).toEqual({ name: "Enter a name.", baseUrl: "Must be a host of Zuora." });
  expect(fieldErrors(refused, sent, { ...sent, name: "Acme" })).toEqual({ baseUrl: "Must be a host of Zuora." });
  expect(fieldErrors(null, undefined, EMPTY)).toEqual({});
});

test("a test of the connection holds until the credentials are edited", () => {
  expect(hasSameCredentials(EMPTY, { ...EMPTY, name: "Acme" })).toBe(true);
  const typed = "another";
  expect(hasSameCredentials(EMPTY, { ...EMPTY, secret: typed })).toBe(false);
  expect(isSame(EMPTY, { ...EMPTY, name: "Acme" })).toBe(false);
});
