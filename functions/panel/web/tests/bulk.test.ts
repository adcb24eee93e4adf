// The same done to many customers at once, and the tags that find them.

import { beforeAll, expect, test } from "vitest";

import { call, createCustomer, waitForSync } from "./api";
import { expectAccessible, goTo, signIn, untilListed, browserForTests } from "./browser";
import { signUp } from "./people";
import { createTenant, type Tenant } from "./zuora";

const open = browserForTests();
const tag = `bulk-${Date.now()}`;
let tenants: readonly Tenant[];
let customers: readonly string[];
beforeAll(async () => {
  tenants = await Promise.all([createTenant(1), createTenant(1)]);
  customers = await Promise.all(tenants.map((tenant) => createCustomer(tenant)));
  await Promise.all(customers.map(waitForSync));
  for (const customer of customers) await call("PATCH", `/v1/customers/${customer}`, { tags: [tag] }, { "if-match": "*" });
});

test("selected customers are paused together, and what was refused says why", async () => {
  const [first = "", second = ""] = customers;
  await call("POST", `/v1/customers/${first}/pause`);
  const { page, faults } = await open();
  await signIn(page, `#/customers?tag=${tag}`);
  await page.getByRole("row").nth(2).waitFor();
  await page.getByRole("checkbox", { name: "Select all rows of this page" }).press("Space");

  await page.getByRole("button", { name: "Actions (2)" }).click();
  await page.getByRole("menuitem", { name: "Pause" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByText("Pause 2 customers?").waitFor();
  await expectAccessible(page);
  await dialog.getByRole("button", { name: "Pause" }).click();
  await dialog.getByText("Done: 1. Unchanged: 1.").waitFor();
  await dialog.getByRole("button", { name: "Close" }).last().click();

  await page.getByRole("button", { name: "Actions (2)" }).click();
  await page.getByRole("menuitem", { name: "Sync", exact: true }).click();
  await dialog.getByRole("button", { name: "Sync" }).click();
  const refused = dialog.getByRole("row").filter({ hasText: "Refused" });
  await expect.poll(() => refused.count()).toBe(2);
  await refused
    .first()
    .getByText(/paused/i)
    .waitFor();
  await expectAccessible(page);
  await dialog.getByRole("button", { name: "Close" }).last().click();

  await page.getByRole("button", { name: "Actions (2)" }).click();
  await page.getByRole("menuitem", { name: "Resume" }).click();
  await dialog.getByRole("button", { name: "Resume" }).click();
  await dialog.getByText("Done: 2.").waitFor();
  expect((await call("GET", `/v1/customers/${second}`)).status).toBe("active");
  expect(faults).toEqual([]);
});

test("the frequency of selected customers is set together", async () => {
  const { page, faults } = await open();
  await signIn(page, `#/customers?tag=${tag}`);
  await page.getByRole("row").nth(2).waitFor();
  await page.getByRole("checkbox", { name: "Select all rows of this page" }).press("Space");

  await page.getByRole("button", { name: "Actions (2)" }).click();
  await page.getByRole("menuitem", { name: "Set frequency…" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("button", { name: /Sync frequency/ }).click();
  await page.getByRole("option", { name: "Manual only" }).click();
  await dialog.getByRole("button", { name: "Set frequency" }).click();
  await dialog.getByText("Done: 2.").waitFor();
  for (const customer of customers) expect((await call("GET", `/v1/customers/${customer}`)).sync_frequency).toBe("manual");
  expect(faults).toEqual([]);
});

test("tags, owner and notes are saved with the form, shown on the page, and a tag leads to the customers that have it", async () => {
  const [customer = ""] = customers;
  const { page, faults } = await open();
  await signIn(page, `#/customers/${customer}/edit`);
  await page.getByLabel("Tags").fill("gold");
  await page.getByLabel("Tags").press("Enter");
  await page.getByLabel("Owner").fill("Ada Lovelace");
  await page.getByLabel("Notes").fill("Call first.");
  await page.getByRole("button", { name: "Save", exact: true }).click();

  await page.getByRole("tab", { name: "Overview" }).click();
  await page.getByText("Ada Lovelace").waitFor();
  await page.getByText("Call first.").waitFor();
  await page.getByRole("link", { name: `Customers tagged ${tag}` }).click();
  await page.getByText(`Tag = ${tag}`).waitFor();
  await expect.poll(() => page.getByRole("row").count()).toBe(3);
  await page.getByRole("link", { name: "Customers tagged gold" }).click();
  await page.getByText("Tag = gold").waitFor();
  await goTo(page, `#/customers/${customer}/edit`);
  await page.getByRole("button", { name: "Remove gold" }).click();
  await page.getByLabel("Owner").fill("");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  const saved = async () => {
    const { tags, owner, notes } = await call("GET", `/v1/customers/${customer}`);
    return { tags, owner, notes };
  };
  await expect.poll(saved, { timeout: 20_000 }).toEqual({ tags: [tag], owner: null, notes: "Call first." });
  expect(faults).toEqual([]);
});

test("who may not change many customers selects none", async () => {
  const [customer = ""] = customers;
  const viewer = await signUp();
  await call("PUT", `/v1/customers/${customer}/grants/${viewer.sub}`, { verbs: ["view"] });
  const { page, faults } = await open();
  await signIn(page, "#/customers", viewer.name, viewer.password);

  await untilListed(page);
  expect(await page.getByRole("checkbox").count()).toBe(0);
  expect(await page.getByRole("button", { name: /^Actions/ }).count()).toBe(0);
  expect(faults).toEqual([]);
});
