import { beforeAll, expect, test } from "vitest";

import { call, createCustomer, waitForJob, waitForSync } from "./api";
import { expectAccessible, goTo, signIn, browserForTests } from "./browser";
import { type Person, signUp } from "./people";
import { createTenant, refuseSecret, type Tenant } from "./zuora";

const open = browserForTests();
let tenant: Tenant;
/** Sees no customer but the one whose secret is refused. */
let person: Person;
beforeAll(async () => {
  tenant = await createTenant(1);
  const customer = await createCustomer(tenant);
  await waitForSync(customer);
  await refuseSecret(tenant);
  await call("POST", `/v1/customers/${customer}/sync`);
  await waitForJob(customer, "failed");
  person = await signUp();
  await call("PUT", `/v1/customers/${customer}/grants/${person.sub}`, { verbs: ["update"] });
});

test("the dashboard names a customer that fails, says why, and leads to its page and to what mends it", async () => {
  const { page, faults } = await open();
  await signIn(page, "", person.name, person.password);

  const row = page.getByRole("row").filter({ hasText: tenant.name });
  await row.getByText("Invalid credentials or address: 1 customer").waitFor();
  await row.getByText("Failing", { exact: true }).waitFor();
  await page.getByRole("link", { name: "Need attention: 1" }).waitFor();
  await expectAccessible(page);
  await row.getByRole("link", { name: tenant.name }).click();
  await page.getByRole("heading", { level: 1, name: tenant.name }).waitFor();
  await page.getByText(/^Failing: /).waitFor();
  await expectAccessible(page);
  // Who may only update cannot test the connection.
  const edit = page.getByRole("link", { name: "Edit credentials" });
  await edit.waitFor();
  expect(await page.getByRole("button", { name: "Test again" }).count()).toBe(0);
  await edit.click();
  await page.getByRole("heading", { level: 1, name: `Edit ${tenant.name}` }).waitFor();
  expect(faults).toEqual([]);
});

test("the list shows the customers that need attention, or the paused ones, and the address says which", async () => {
  const { page, faults } = await open();
  await signIn(page, "#/customers", person.name, person.password);
  const row = page.getByRole("row").filter({ hasText: tenant.name });
  await row.getByText("Failing", { exact: true }).waitFor();

  await page.getByRole("button", { name: "Needs attention (1)" }).click();
  await expect.poll(() => page.url()).toMatch(/health=held(,|%2C)failing/);
  await page.getByText("Health = Held, Failing, Incomplete, Out of date, Waiting for Zuora").waitFor();
  await row.waitFor();
  await expectAccessible(page);
  await page.getByRole("button", { name: "Paused (0)" }).click();
  await page.getByText("Nothing matches these filters.").waitFor();
  await page.getByRole("button", { name: "All (1)" }).click();
  await row.waitFor();
  expect(page.url()).not.toContain("health=");
  await goTo(page, "#/customers?health=failing");
  await page.getByText("Health = Failing").waitFor();
  await row.waitFor();
  expect(faults).toEqual([]);
});

test("an installation without customers shows the first steps", async () => {
  const { page, faults } = await open();
  await page.route("**/v1/stats", async (route) => {
    const answer = await route.fetch();
    const stats = (await answer.json()) as { customers: Record<string, unknown> };
    await route.fulfill({ response: answer, json: { ...stats, customers: { ...stats.customers, total: 0 } } });
  });
  await signIn(page);

  await page.getByRole("heading", { name: "First steps" }).waitFor();
  expect(await page.getByRole("heading", { name: "Needs you" }).count()).toBe(0);
  await expectAccessible(page);
  await page.getByRole("link", { name: "Create a customer" }).click();
  await page.getByRole("heading", { level: 1, name: "New customer" }).waitFor();
  expect(faults).toEqual([]);
});
