// The forms of customers: what they say about errors, and what they never lose.

import type { Page } from "playwright-core";
import { expect, test } from "vitest";

import { call, createCustomer, waitForSync } from "./api";
import { expectAccessible, goTo, signIn, browserForTests } from "./browser";
import { signUp } from "./people";
import { createTenant, type Tenant } from "./zuora";

const open = browserForTests();

/** Fills in the connection of a new customer. */
async function connect(page: Page, tenant: Tenant, secret = tenant.clientSecret): Promise<void> {
  await page.getByLabel("Zuora base URL").click();
  await page.getByRole("option", { name: "Another address" }).click();
  await page.getByRole("textbox", { name: "Address" }).fill(tenant.baseUrl);
  await page.getByLabel("Zuora client ID").fill(tenant.clientId);
  await page.getByLabel("Zuora client secret").fill(secret);
}

test("a form asks for the connection first, marks what is missing in words, and each mark goes with its field", async () => {
  const { page, faults } = await open();
  await signIn(page, "#/customers/new");
  const parts = page.getByRole("heading", { level: 2, name: /^(Zuora|Customer)$/ });
  await expect.poll(() => parts.allInnerTexts()).toEqual(["Zuora", "Customer"]);

  await page.getByRole("button", { name: "Create" }).click();
  await page.getByText("Enter a name.", { exact: true }).waitFor();
  await page.getByText("Enter the client secret.", { exact: true }).waitFor();
  await page.getByText("Check the marked fields.", { exact: true }).waitFor();
  await expectAccessible(page);
  await page.getByRole("textbox", { name: "Name", exact: true }).fill("Acme");
  await page.getByText("Enter a name.", { exact: true }).waitFor({ state: "detached" });
  await page.getByText("Check the marked fields.", { exact: true }).waitFor({ state: "detached" });
  await page.getByText("Enter the client secret.", { exact: true }).waitFor();
  expect(await page.getByText("must not be empty").count()).toBe(0);
  expect(faults).toEqual([]);
});

test("an address that is not allowed is told beside the address", async () => {
  const { page, faults } = await open();
  await signIn(page, "#/customers/new");
  await connect(page, { name: "", clientId: "client", clientSecret: "secret", baseUrl: "https://rest.example.com" });

  await page.getByRole("button", { name: "Test connection" }).click();
  const address = page.getByRole("textbox", { name: "Address" });
  await expect.poll(() => address.getAttribute("aria-invalid")).toBe("true");
  await address.fill("https://rest.zuora.com");
  await expect.poll(() => address.getAttribute("aria-invalid")).not.toBe("true");
  await page.getByText("Connection failed").waitFor({ state: "detached" });
  expect(faults).toEqual([]);
});

test("the result of a test goes with what it tested, and of two results the later one is shown", async () => {
  const tenant = await createTenant(1);
  const { page, faults } = await open();
  await signIn(page, "#/customers/new");
  await connect(page, tenant, "a wrong one");
  await page.getByRole("textbox", { name: "Name", exact: true }).fill(tenant.name);
  const secret = page.getByLabel("Zuora client secret");
  const good = page.getByText("Zuora accepted the credentials");
  const bad = page.getByText(/Zuora did not accept|Invalid Zuora credentials|Check three things/).first();

  await page.getByRole("button", { name: "Create" }).click();
  await bad.waitFor();
  await secret.fill(tenant.clientSecret);
  await bad.waitFor({ state: "detached" });
  await page.getByRole("button", { name: "Test connection" }).click();
  await good.waitFor();
  expect(await bad.count()).toBe(0);
  await secret.fill("a wrong one");
  await good.waitFor({ state: "detached" });
  await page.getByRole("button", { name: "Test connection" }).click();
  await page.getByText("Connection failed").waitFor();
  expect(await page.getByText(/workflow:read/).count()).toBe(0);
  await secret.fill(tenant.clientSecret);
  await page.getByText("Connection failed").waitFor({ state: "detached" });
  expect(faults).toEqual([]);
});

test("who is overtaken by somebody else's save sees both versions, and may load theirs or save over it", async () => {
  const tenant = await createTenant(1);
  const customer = await createCustomer(tenant);
  await waitForSync(customer);
  const path = `/v1/customers/${customer}`;
  const another = (name: string) => call("PATCH", path, { name }, { "if-match": "*" });
  const { page, faults } = await open();
  await signIn(page, `#/customers/${customer}/edit`);
  const name = page.getByRole("textbox", { name: "Name", exact: true });
  await name.fill(`${tenant.name} mine`);
  await page.getByLabel("Ask before deleting more than: number of workflows").fill("7");
  await another(`${tenant.name} theirs`);

  await page.getByRole("button", { name: "Save", exact: true }).click();
  const dialog = page.getByRole("dialog");
  const row = dialog.getByRole("row").filter({ hasText: "Name" });
  await row.getByText(`${tenant.name} theirs`).waitFor();
  await row.getByText(`${tenant.name} mine`).waitFor();
  await expectAccessible(page);
  await dialog.getByRole("button", { name: "Load theirs" }).click();
  await expect.poll(() => name.inputValue()).toBe(`${tenant.name} theirs`);

  await page.getByLabel("Ask before deleting more than: number of workflows").fill("8");
  await another(`${tenant.name} again`);
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await dialog.getByText("Not changed").waitFor();
  await dialog.getByRole("button", { name: "Save mine over it" }).click();
  await page.getByText(`${tenant.name} again was saved.`).waitFor();
  const saved = (await call("GET", path)) as { name: string; delete_guard: { count: number } };
  expect([saved.name, saved.delete_guard.count]).toEqual([`${tenant.name} again`, 8]);
  expect(faults).toEqual([]);
});

test("a name that another customer has is saved, and the form's page says whose it is too", async () => {
  const tenant = await createTenant(0);
  const other = await createCustomer(tenant);
  const customer = await createCustomer(tenant, { name: `${tenant.name} two` });
  const { page, faults } = await open();
  await signIn(page, `#/customers/${customer}/edit`);
  const name = page.getByRole("textbox", { name: "Name", exact: true });

  await name.fill(tenant.name.toUpperCase());
  await page.getByRole("button", { name: "Save", exact: true }).click();

  await page.getByText(`${tenant.name.toUpperCase()} was saved.`).waitFor();
  await page.getByText(`one that looks like it: ${tenant.name} (${other}).`).waitFor();
  await expectAccessible(page);
  expect(faults).toEqual([]);
});

test("a form with input is not left without a question, by a link, by Back or by closing the tab", async () => {
  const { page, faults } = await open();
  await signIn(page, "#/");
  await page.getByRole("navigation").getByRole("link", { name: "Customers" }).click();
  await page.getByRole("button", { name: "New customer" }).click();
  const name = page.getByRole("textbox", { name: "Name", exact: true });
  const dialog = page.getByRole("dialog");
  const stay = async () => {
    await dialog.getByText("What you entered is not saved.").waitFor();
    await dialog.getByRole("button", { name: "Stay" }).click();
    await dialog.waitFor({ state: "detached" });
    expect(await name.inputValue()).toBe("half a name");
    expect(page.url()).toContain("#/customers/new");
  };
  await name.fill("half a name");

  await page.getByRole("navigation").getByRole("link", { name: "Audit" }).click();
  await stay();
  await page.getByRole("link", { name: "Zuora Workflow Manager" }).click();
  await stay();
  await page.evaluate(() => window.history.back());
  await stay();
  await page.getByRole("button", { name: "Cancel" }).click();
  await expectAccessible(page);
  await stay();
  let questions = 0;
  page.on("dialog", (asked) => {
    questions += 1;
    return asked.dismiss();
  });
  await page.close({ runBeforeUnload: true });
  await expect.poll(() => questions).toBe(1);
  await page.getByRole("navigation").getByRole("link", { name: "Audit" }).click();
  await dialog.getByRole("button", { name: "Leave" }).click();
  await page.getByRole("heading", { level: 1, name: "Audit" }).waitFor();
  expect(faults).toEqual([]);
});

test("Back out of a form asks, also where a row of a list led to it", async () => {
  const tenant = await createTenant(1);
  const customer = await createCustomer(tenant);
  const { page, faults } = await open();
  await signIn(page, `#/customers?name=${tenant.name}`);
  await page.getByRole("row").getByRole("link", { name: tenant.name }).click();
  await page.getByRole("heading", { level: 1, name: tenant.name }).waitFor();
  await page.getByRole("button", { name: "Edit", exact: true }).click();
  await page.getByRole("textbox", { name: "Name", exact: true }).fill("half a name");

  await page.evaluate(() => window.history.back());
  await page.getByRole("dialog").getByRole("button", { name: "Leave" }).click();
  await page.getByRole("heading", { level: 1, name: tenant.name }).waitFor();
  expect(page.url()).toMatch(new RegExp(`#/customers/${customer}$`));
  expect(faults).toEqual([]);
});

test("who may not save a customer is told so in place of its form", async () => {
  const tenant = await createTenant(1);
  const customer = await createCustomer(tenant);
  const viewer = await signUp();
  await call("PUT", `/v1/customers/${customer}/grants/${viewer.sub}`, { verbs: ["view"] });
  const { page, faults } = await open();
  await signIn(page, `#/customers/${customer}/edit`, viewer.name, viewer.password);

  await page.getByText("You cannot edit this customer").waitFor();
  expect(await page.getByRole("textbox").count()).toBe(0);
  await expectAccessible(page);
  await goTo(page, "#/customers/new");
  await page.getByText("You cannot create customers").waitFor();
  expect(await page.getByRole("button", { name: "Create" }).count()).toBe(0);
  await page.getByRole("link", { name: "the customers" }).click();
  await page.getByRole("heading", { level: 1, name: "Customers" }).waitFor();
  expect(faults).toEqual([]);
});
