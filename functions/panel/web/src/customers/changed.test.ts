import { expect, test } from "vitest";

import type { Customer } from "../api/client";
import { changed, fieldsOf } from "./fields";

const CUSTOMER = {
  name: "Acme",
  zuora_client_id: "client",
  zuora_base_url: "https://rest.zuora.com",
  environment: "production",
  sync_frequency: "hourly",
  tags: [] as readonly string[],
  owner: null,
  notes: null,
  delete_guard: { count: 5, percent: 20 },
} as Customer;

test("only what differs is sent, and an empty secret keeps the one that is set", () => {
  expect(changed(CUSTOMER, fieldsOf(CUSTOMER))).toEqual({ verify: true });
  expect(changed(CUSTOMER, { ...fieldsOf(CUSTOMER), name: "Acme Ltd", secret: "new" })).toEqual({
    name: "Acme Ltd",
    zuora_client_secret: "new",
    verify: true,
  });
  expect(changed(CUSTOMER, { ...fieldsOf(CUSTOMER), guardPercent: "30" })).toEqual({
    delete_guard: { count: 5, percent: 30 },
    verify: true,
  });
});

test("a note that is emptied is cleared, and tags are sent as a whole", () => {
  const customer = { ...CUSTOMER, tags: ["eu"], owner: "Ada", notes: null } as Customer;

  expect(changed(customer, fieldsOf(customer))).toEqual({ verify: true });
  expect(changed(customer, { ...fieldsOf(customer), tags: ["eu", "gold"], owner: "", notes: "Call first." })).toEqual({
    tags: ["eu", "gold"],
    owner: null,
    notes: "Call first.",
    verify: true,
  });
});
