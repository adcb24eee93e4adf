import { expect, test } from "vitest";

import type { Grant } from "../api/client";
import { arranged } from "./arranged";
import { inWords } from "./roles";

const grant = (user: string, customer_id: string | null): Grant => ({
  user,
  email: `${user}@example.com`,
  customer_id,
  verbs: ["view_any", "view"],
  role: "viewer",
  granted_by: "admin",
  granted_at: "2026-11-27T10:00:00Z",
});
const NAMES: Record<string, string> = { cus_1: "Zebra", cus_2: "Acme" };
const shown = (order: "person" | "customer", text = "") =>
  arranged(
    [grant("bo", "cus_1"), grant("al", "cus_1"), grant("bo", null), grant("al", "cus_2")],
    order,
    text,
    (id) => NAMES[id] ?? id,
  ).map(({ user, customer_id }) => `${user} ${customer_id ?? "all"}`);

test("by person, what is granted on every customer comes before single customers by name", () => {
  expect(shown("person")).toEqual(["al cus_2", "al cus_1", "bo all", "bo cus_1"]);
});

test("by customer, those with access to every customer come first", () => {
  expect(shown("customer")).toEqual(["bo all", "al cus_2", "al cus_1", "bo cus_1"]);
});

test("a person is found by any part of the address", () => {
  expect(shown("person", "BO@ex")).toEqual(["bo all", "bo cus_1"]);
});

test("a grant that is no role is its permissions", () => {
  expect(inWords(grant("al", null))).toBe("Viewer");
  expect(inWords({ role: null, verbs: ["view", "sync"] })).toBe("View all details, sync, retry and cancel");
});
