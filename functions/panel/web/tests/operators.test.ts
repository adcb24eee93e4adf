import { readFile } from "node:fs/promises";

import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";

import { call, createCustomer, waitForSync } from "./api";
import { expectAccessible, launch, open, signIn } from "./browser";
import { signUp } from "./people";
import { control, createTenant } from "./zuora";

let browser: Browser;
beforeAll(async () => {
  browser = await launch();
});
afterAll(async () => {
  await browser.close();
});

test("a dead letter says why it is one, is redriven, and is gone", async () => {
  const tenant = await createTenant(2);
  const customer = await createCustomer(tenant);
  await waitForSync(customer);
  await control("PUT", `tenants/${tenant.name}/secret`, { client_secret: "another" });
  await control("DELETE", `tenants/${tenant.name}/tokens`);
  const asked = await call("POST", `/v1/customers/${customer}/sync`);
  const { page, faults } = await open(browser);
  await signIn(page, "#/dead-letters");

  const row = page.getByRole("row").filter({ hasText: tenant.name });
  await row.getByText(/Invalid Zuora credentials/).waitFor({ timeout: 60_000 });
  await expectAccessible(page);
  await control("PUT", `tenants/${tenant.name}/secret`, { client_secret: tenant.clientSecret });
  await row.getByRole("checkbox").check();
  await page.getByRole("button", { name: "Redrive 1 selected" }).click();
  await page.getByText("The job is queued again.").waitFor();
  await row.waitFor({ state: "detached", timeout: 60_000 });
  await page.goto(`${page.url().split("#")[0]}#/jobs/${String(asked.job_id)}`);
  await page.getByText("Succeeded", { exact: true }).first().waitFor({ timeout: 60_000 });
  expect(faults).toEqual([]);
});

test("the workflows of a customer are saved as a table in which no name is a formula", async () => {
  const tenant = await createTenant(3);
  await control("POST", `tenants/${tenant.name}/workflows`, { name: '=HYPERLINK("http://evil.example","click")' });
  const customer = await createCustomer(tenant);
  await waitForSync(customer);
  const { page } = await open(browser);
  await signIn(page, `#/customers/${customer}`);

  const saved = page.waitForEvent("download");
  await page.getByRole("button", { name: "Export" }).click();
  await page.getByRole("menuitem", { name: /CSV/ }).click();
  const download = await saved;
  expect(download.suggestedFilename()).toBe(`workflows-${customer}.csv`);
  const lines = (await readFile(await download.path(), "utf8")).trim().split("\r\n");
  expect(lines.length).toBe(5);
  expect(lines.some((line) => line.includes(`"'=HYPERLINK(""http://evil.example"",""click"")"`))).toBe(true);
});

test("an administrator grants a user a customer, who then sees it, and takes it back", async () => {
  const tenant = await createTenant(1);
  const customer = await createCustomer(tenant);
  const person = await signUp();
  const { page, faults } = await open(browser);
  await signIn(page, `#/customers/${customer}`);

  await page.getByRole("tab", { name: "Access" }).click();
  await page.getByText("Nobody but super admins.").waitFor();
  await page.getByRole("button", { name: "Grant", exact: true }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("User id").fill(person.sub);
  await expectAccessible(page);
  await dialog.getByRole("button", { name: "Grant", exact: true }).click();
  await page.getByRole("rowheader", { name: person.sub }).waitFor();
  const theirs = await open(browser);
  await signIn(theirs.page, "#/customers", person.name, person.password);
  await theirs.page.getByRole("link", { name: tenant.name }).waitFor();

  await page.getByRole("button", { name: `Revoke from ${person.sub}` }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Revoke" }).click();
  await page.getByText("Nobody but super admins.").waitFor();
  expect([...faults, ...theirs.faults]).toEqual([]);
});

test("who changes a customer that somebody else changed meanwhile is told so, and keeps what was typed", async () => {
  const tenant = await createTenant(1);
  const customer = await createCustomer(tenant);
  const { page } = await open(browser);
  await signIn(page, `#/customers/${customer}/edit`);
  const name = page.getByLabel("Name", { exact: true });
  await name.fill(`${tenant.name} mine`);

  const answer = await call("GET", `/v1/customers/${customer}`);
  await call("PATCH", `/v1/customers/${customer}`, { name: `${tenant.name} theirs` }, { "if-match": "*" });
  await page.getByRole("button", { name: "Save" }).click();
  await page
    .getByText(/Somebody changed it since you read it/)
    .first()
    .waitFor();
  expect(await name.inputValue()).toBe(`${tenant.name} mine`);
  expect(answer.name).toBe(tenant.name);
  expect((await call("GET", `/v1/customers/${customer}`)).name).toBe(`${tenant.name} theirs`);
});
