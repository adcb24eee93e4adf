// What a guide to customer management promises its readers, from the first click to the last, in its order.

import type { Locator, Page } from "playwright-core";
import { beforeAll, expect, test } from "vitest";

import { call, createCustomer, waitForSync } from "./api";
import { browserForTests, goTo, signIn } from "./browser";
import { remove } from "./morning";
import { createTenant, type Tenant } from "./zuora";
import { inNavigation, named } from "./walks/walk";

const open = browserForTests();
let tenant: Tenant;
let customer: string;
let name: string;
beforeAll(async () => {
  tenant = await createTenant(6);
  name = `Acme ${tenant.name.slice(-8)}`;
  customer = await createCustomer(tenant, { name });
  await waitForSync(customer);
});

/** In the right half of the page's upper part. */
async function isTopRight(page: Page, what: Locator): Promise<boolean> {
  const box = await what.boundingBox();
  const { width, height } = page.viewportSize() ?? { width: 0, height: 0 };
  return box !== null && box.x > width / 2 && box.y < height / 3;
}

test("customers stand in the sidebar under Zuora Management, with their number", async () => {
  const { page } = await open();
  await signIn(page);

  await page.getByRole("navigation").getByText("Zuora Management").waitFor();
  const link = page
    .getByRole("navigation")
    .getByRole("listitem")
    .filter({ has: page.getByRole("link", { name: /^Customers/ }) })
    .last();
  await expect.poll(() => link.innerText()).toMatch(/^Customers\s+\d+$/);
  await inNavigation(page, "Customers").click();
  await page.getByRole("heading", { level: 1, name: /^Customers/ }).waitFor();
});

test("New customer, top right, asks for name, client id, secret and base URL, and tells of a wrong secret", async () => {
  const other = await createTenant(1);
  const { page, faults } = await open();
  await signIn(page, "#/customers");

  const button = named(page, /^New customer$/i);
  await button.waitFor();
  expect(await isTopRight(page, button)).toBe(true);
  await button.click();
  for (const label of [/^Name$/, /^Zuora client ID$/i, /^Zuora client secret$/i]) {
    const field = page.locator("form").getByLabel(label).first();
    await field.waitFor();
    expect(await field.getAttribute("aria-required")).toBe("true");
  }
  await page.getByLabel(/^Zuora base URL$/i).click();
  for (const [name, url] of [
    ["Production", "https://rest.zuora.com"],
    ["Test", "https://rest.test.zuora.com"],
    ["Sandbox", "https://rest.sandbox.zuora.com"],
  ] as const) {
    const option = page.getByRole("option").filter({ hasText: name }).filter({ hasText: url });
    expect(await option.count(), url).toBe(1);
  }
  await page.getByRole("option", { name: "Another address" }).click();
  await page.getByRole("textbox", { name: "Address" }).fill(other.baseUrl);
  await page.getByRole("textbox", { name: "Name", exact: true }).fill(other.name);
  await page.getByLabel(/^Zuora client ID$/i).fill(other.clientId);
  const secret = page.getByLabel(/^Zuora client secret$/i);
  expect(await secret.getAttribute("type")).toBe("password");
  await secret.fill("wrong");
  await named(page, "Create").click();
  await page
    .getByText(/Invalid Zuora credentials/)
    .first()
    .waitFor();
  await secret.fill(other.clientSecret);
  await named(page, "Create").click();
  await page.getByRole("heading", { level: 1, name: other.name }).waitFor();
  expect(await page.locator("body").innerText()).not.toContain(other.clientSecret);
  await remove([/customers\/([^/?]+)/.exec(page.url())?.[1] ?? ""]);
  expect(faults).toEqual([]);
});

test("the help says how the credentials are obtained, and which base URL to choose", async () => {
  const { page } = await open();
  await signIn(page, "#/help");

  const help = page.getByRole("main");
  for (const said of [
    "Administration",
    "New OAuth Clients",
    "shown only this one time",
    "workflow:read",
    "https://rest.test.zuora.com",
    "“Invalid Zuora credentials”",
    "curl",
    "Workflows do not appear after a sync",
    "Best practices",
    "Acme Corporation",
  ]) {
    await help
      .getByText(new RegExp(said.replace(/[“”]/g, '["“”]')))
      .first()
      .waitFor();
  }
});

test("the table of customers has its columns, and is filtered by name and base URL", async () => {
  const { page, faults } = await open();
  await signIn(page, `#/customers?name=${name}&zuora_base_url=${encodeURIComponent(tenant.baseUrl)}`);

  const row = page.getByRole("row").filter({ hasText: name });
  await row.waitFor();
  for (const shown of ["Name", "Workflows", "Actions"]) {
    expect(await page.getByRole("columnheader", { name: shown, exact: true }).count(), shown).toBe(1);
  }
  await row.getByText("6", { exact: true }).waitFor();
  // The others are shown, or a click away.
  await page.getByRole("button", { name: /preferences/i }).click();
  const dialog = page.getByRole("dialog");
  for (const offered of ["ID", "Zuora base URL", "Created", "Updated"]) {
    await dialog.getByText(offered, { exact: true }).first().waitFor();
  }
  expect(faults).toEqual([]);
});

test("a customer is synced by the icon in its row, found among the jobs, and its result told in numbers", async () => {
  const { page, faults } = await open();
  await signIn(page, `#/customers?name=${name}`);

  await page.getByRole("button", { name: `Sync Workflows of ${name}` }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Sync Workflows" }).click();
  await page
    .getByText(/is queued|: no changes/)
    .first()
    .waitFor();
  for (const name of ["Jobs Waiting", "Failed Jobs"]) await inNavigation(page, name).waitFor();
  await goTo(page, `#/jobs?customer_id=${customer}`);
  await page.getByRole("row").nth(1).getByText("Succeeded").waitFor({ timeout: 60_000 });
  await goTo(page, `#/customers/${customer}?tab=overview`);
  const results = page.getByRole("main");
  for (const number of ["Created", "Updated", "Deleted", "Total", "Errors"]) {
    await results.getByText(number, { exact: true }).first().waitFor();
  }
  await page.getByRole("tab", { name: /^Workflows/ }).click();
  await expect.poll(() => page.getByRole("tabpanel").getByRole("rowheader").count()).toBe(6);
  expect(faults).toEqual([]);
});

test("Edit, top right, changes all but the id and shows no secret; Save applies it", async () => {
  const { page, faults } = await open();
  await signIn(page, `#/customers?name=${name}`);

  await page.getByRole("link", { name }).click();
  const edit = named(page, "Edit");
  await edit.waitFor();
  expect(await isTopRight(page, edit)).toBe(true);
  await edit.click();
  for (const label of [/^Zuora client ID$/i, /^Zuora client secret$/i, /^Zuora base URL$/i]) {
    expect(await page.getByLabel(label).first().isEnabled()).toBe(true);
  }
  expect(await page.getByLabel(/^Zuora client secret$/i).inputValue()).toBe("");
  expect(await page.getByLabel("ID", { exact: true }).count()).toBe(0);
  await page.getByRole("textbox", { name: "Name", exact: true }).fill(`${name} renamed`);
  await named(page, "Save").click();
  await page.getByRole("heading", { level: 1, name: `${name} renamed` }).waitFor();
  await page.getByRole("tab", { name: "Audit" }).click();
  await page
    .getByRole("tabpanel")
    .getByText(/update/i)
    .first()
    .waitFor();
  expect(faults).toEqual([]);
});

test("Delete, top right, warns, is confirmed in a dialog, and takes everything along", async () => {
  const { page, faults } = await open();
  await signIn(page, `#/customers/${customer}`);

  const button = named(page, "Delete");
  await button.waitFor();
  expect(await isTopRight(page, button)).toBe(true);
  await button.click();
  const dialog = page.getByRole("dialog");
  await dialog
    .getByText(/cannot be undone|irreversible/i)
    .first()
    .waitFor();
  const found = await call("GET", `/v1/customers/${customer}`);
  await dialog.getByRole("textbox").fill(String(found.name));
  await dialog.getByRole("button", { name: "Delete" }).click();
  await page.getByRole("heading", { level: 1, name: /^Customers/ }).waitFor();
  await goTo(page, `#/customers?name=${name}`);
  await page.getByText("Nothing matches these filters.").waitFor();
  expect(faults).toEqual([]);
});
