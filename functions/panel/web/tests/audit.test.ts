import { readFile } from "node:fs/promises";

import type { Page } from "playwright-core";
import { expect, test } from "vitest";

import { call, createCustomer } from "./api";
import { browserForTests, expectAccessible, signIn } from "./browser";
import { signUp } from "./people";
import { createTenant, type Tenant } from "./zuora";

const open = browserForTests();

/** A customer whose name was changed to a formula. */
async function createRenamed(): Promise<{ tenant: Tenant; customer: string; renamed: string }> {
  const tenant = await createTenant(1);
  const customer = await createCustomer(tenant);
  const renamed = `=1+${tenant.name}`;
  await call("PATCH", `/v1/customers/${customer}`, { name: renamed }, { "if-match": "*" });
  return { tenant, customer, renamed };
}

async function choose(page: Page, field: string, sought: string | undefined, option: string | RegExp): Promise<void> {
  // Not what resizes the column of that name.
  await page.getByLabel(field, { exact: true }).and(page.locator("[aria-haspopup]")).click();
  if (sought !== undefined) await page.getByPlaceholder(/^Find by/).fill(sought);
  await page.getByRole("option", { name: option }).first().click();
}

test("a record tells who did what to whom, when exactly, and what changed from what to what", async () => {
  const { tenant, customer, renamed } = await createRenamed();
  const { page, faults } = await open();
  await signIn(page, "#/audit");

  await choose(page, "Customer", tenant.name, renamed);
  await choose(page, "Action", undefined, "Changed settings");
  const row = page.getByRole("row").filter({ hasText: `→ ${renamed}` });
  await row.getByText(`Name: ${tenant.name} → ${renamed}`).waitFor();
  await row.getByText("admin@example.com").waitFor();
  expect(await row.getByRole("rowheader").innerText()).toMatch(/\d{1,2} \w{3,4} \d{4}, \d\d:\d\d:\d\d \(UTC.*\)/);
  expect(await row.getByRole("link", { name: renamed }).getAttribute("href")).toBe(`#/customers/${customer}`);
  await expect.poll(() => page.getByRole("rowheader").count()).toBe(1);
  await expectAccessible(page);
  expect(faults).toEqual([]);
});

test("records are found by person and by day", async () => {
  const { customer } = await createRenamed();
  const person = await signUp();
  await call("PUT", `/v1/customers/${customer}/grants/${person.sub}`, { role: "viewer" });
  const { page } = await open();
  await signIn(page, `#/audit?customer_id=${customer}`);

  await page.getByText("Granted access").waitFor();
  await choose(page, "Person", person.email, person.email);
  await page.getByText("Nothing matches these filters.").waitFor();
  await choose(page, "Person", "admin@", "admin@example.com");
  await page.getByText("Granted access").waitFor();
  await page.getByRole("button", { name: /Any time/ }).click();
  await page.getByLabel("Yesterday").check();
  await page.getByRole("button", { name: "Apply" }).click();
  await page.getByText("Nothing matches these filters.").waitFor();
  expect(page.url()).toContain("period=yesterday");
  await page.getByRole("button", { name: /Yesterday/ }).click();
  await page.getByLabel("Today").check();
  await page.getByRole("button", { name: "Apply" }).click();
  await page.getByText("Granted access").waitFor();
});

test("all records that match are saved, in UTC and without formulas", async () => {
  const { customer, renamed } = await createRenamed();
  const { page } = await open();
  await signIn(page, `#/audit?customer_id=${customer}`);

  const saved = page.waitForEvent("download");
  await page.getByRole("button", { name: "Export CSV" }).click();
  await page.getByText("2 records saved.").waitFor();
  const text = await readFile(await (await saved).path(), "utf8");
  const lines = text.trim().split("\r\n");
  // Spreadsheets take it for UTF-8 by its first character.
  expect(text.startsWith("\uFEFF")).toBe(true);
  expect(lines[0]).toMatch(/^"Time \(UTC\)","Person"/);
  expect(lines.length).toBe(3);
  expect(lines[1]).toMatch(/^"\d{4}-\d\d-\d\dT[\d:.]+Z","admin@example.com"/);
  expect(lines[1]).toContain(`"'${renamed}"`);
});
