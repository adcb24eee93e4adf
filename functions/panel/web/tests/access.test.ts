import { randomUUID } from "node:crypto";

import { expect, test } from "vitest";

import { call, createCustomer } from "./api";
import { browserForTests, expectAccessible, signIn } from "./browser";
import { signUp } from "./people";
import { createTenant } from "./zuora";

const open = browserForTests();

test("an administrator finds a user by e-mail, grants a role on one customer, and revokes it", async () => {
  const tenant = await createTenant(1);
  const customer = await createCustomer(tenant);
  const person = await signUp();
  const { page, faults } = await open();
  await signIn(page, `#/customers/${customer}`);

  await page.getByRole("tab", { name: "Access" }).click();
  await page.getByText("Only super admins have access.").waitFor();
  await page.getByRole("button", { name: "Grant", exact: true }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("User").fill(person.email.slice(0, 20));
  await page.getByRole("option", { name: person.email }).click();
  await dialog.getByLabel("Operator").check();
  await expectAccessible(page);
  await dialog.getByRole("button", { name: "Grant", exact: true }).click();
  const row = page.getByRole("row").filter({ hasText: person.email });
  await row.getByText("Operator").waitFor();
  const theirs = await open();
  await signIn(theirs.page, "#/access", person.name, person.password);
  await theirs.page.getByRole("link", { name: tenant.name }).waitFor();
  await theirs.page.getByText(person.email).waitFor();
  await theirs.page.getByText(/Sync, retry and cancel/i).waitFor();
  expect(await theirs.page.getByRole("button", { name: "Grant" }).count()).toBe(0);

  await page.getByRole("button", { name: `Revoke from ${person.email}` }).click();
  await page.getByRole("dialog").getByText(`${person.email} loses the access granted on ${tenant.name}`).waitFor();
  await page.getByRole("dialog").getByRole("button", { name: "Revoke" }).click();
  await page.getByText("Only super admins have access.").waitFor();
  expect([...faults, ...theirs.faults]).toEqual([]);
});

test("an ID of no user is refused at its field, and other text is no user", async () => {
  const customer = await createCustomer(await createTenant(1));
  const { page } = await open();
  await signIn(page, `#/customers/${customer}?tab=access`);

  await page.getByRole("tab", { name: "Access" }).click();
  await page.getByRole("button", { name: "Grant", exact: true }).click();
  const dialog = page.getByRole("dialog");
  const grant = dialog.getByRole("button", { name: "Grant", exact: true });
  await dialog.getByLabel("User").fill("not-a-uuid");
  expect(await grant.isDisabled()).toBe(true);
  await dialog.getByLabel("User").fill(randomUUID());
  await dialog.getByLabel("User").press("Escape");
  await grant.click();
  await dialog.getByText("No user of this installation has this ID.").waitFor();
});

test("a customer that is deleted while the grants are read hides nobody else's", async () => {
  const person = await signUp();
  await createCustomer(await createTenant(1));
  await call("PUT", `/v1/customers/all/grants/${person.sub}`, { role: "viewer" });
  const { page, faults } = await open();
  const gone = { type: "problems/not-found", title: "Not found", status: 404, detail: "There is no such customer." };
  const body = { status: 404, contentType: "application/problem+json", body: JSON.stringify(gone) };
  await page.route(/\/v1\/customers\/cus_\w+\/grants/, (route) => route.fulfill(body), { times: 1 });
  await signIn(page, "#/access");

  await page.getByLabel("Filter by user").fill(person.email);
  await page.getByRole("row").filter({ hasText: person.email }).getByText("Every customer").waitFor();
  expect(await page.getByText("could not be loaded").count()).toBe(0);
  await call("DELETE", `/v1/customers/all/grants/${person.sub}`);
  expect(faults).toEqual([]);
});

test("a grant on every customer warns of future ones, may be single permissions, and is found by person", async () => {
  const person = await signUp();
  const { page, faults } = await open();
  await signIn(page, "#/access");

  await page.getByRole("button", { name: "Grant", exact: true }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Every customer").check();
  await dialog.getByText("This includes all customers that are created later.").waitFor();
  await dialog.getByLabel("User").fill(person.email);
  await page.getByRole("option", { name: person.email }).click();
  await dialog.getByLabel("Custom", { exact: true }).check();
  await dialog.getByText("View all details").waitFor();
  await dialog.getByRole("button", { name: "Grant", exact: true }).click();
  await page.getByLabel("Filter by user").fill(person.email.toUpperCase());
  const row = page.getByRole("row").filter({ hasText: person.email });
  await row.getByText("Every customer").waitFor();
  await row.getByText("admin@example.com").waitFor();
  await expectAccessible(page);
  const { items } = (await call("GET", "/v1/customers/all/grants")) as { items: { user: string; verbs: string[] }[] };
  expect(items.find(({ user }) => user === person.sub)?.verbs).toEqual(["view"]);
  await call("DELETE", `/v1/customers/all/grants/${person.sub}`);
  expect(faults).toEqual([]);
});
