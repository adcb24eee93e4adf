import { expect, test } from "vitest";

import description from "../../../../../docs/openapi.json?raw";
import { inWords } from "../components/filter";
import { addressOf, HEALTH, HEALTH_FILTER } from "./health";

interface Description {
  readonly components: { readonly schemas: { readonly HealthState: { readonly enum: readonly string[] } } };
}

const STATES = (JSON.parse(description) as Description).components.schemas.HealthState.enum;

test("every state of the API has a label and a sentence, in the API's order", () => {
  expect(Object.keys(HEALTH)).toEqual(STATES);
  const all = Object.values(HEALTH);
  expect(new Set(all.map(({ label }) => label)).size).toBe(STATES.length);
  for (const { sentence } of all) expect(sentence).toMatch(/^[A-Z].*\.$/);
});

test("the customers in some states are listed by one address", () => {
  expect(addressOf(["held", "failing"])).toBe("#/customers?health=held,failing");
});

test("the filter tells several states in words", () => {
  expect(inWords(HEALTH_FILTER, "failing,stale")).toBe("Failing, Out of date");
});
