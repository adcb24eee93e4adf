import { readFile } from "node:fs/promises";

import { expect, test } from "vitest";

import { call, createCustomer, jobs, waitForJob, waitForSync } from "./api";
import { expectAccessible, goTo, signIn, browserForTests } from "./browser";
import { signUp } from "./people";
import { control, createTenant, refuseSecret, takeSecret } from "./zuora";

const open = browserForTests();

test("a dead letter says why it is one, is redriven, and is gone", async () => {
  const tenant = await createTenant(2);
  const customer = await createCustomer(tenant);
  await waitForSync(customer);
  await refuseSecret(tenant);
  const asked = await call("POST", `/v1/customers/${customer}/sync`);
  const { page, faults } = await open();
  await signIn(page, "#/dead-letters");

  const row = page.getByRole("row").filter({ hasText: tenant.name });
  await row.getByText(/Invalid Zuora credentials/).waitFor({ timeout: 60_000 });
  await expectAccessible(page);
  await takeSecret(tenant);
  await row.getByRole("checkbox").check();
  await page.getByRole("button", { name: "Retry 1 selected" }).click();
  await page.getByText("The job is queued again.").waitFor();
  await row.waitFor({ state: "detached", timeout: 60_000 });
  await goTo(page, `#/jobs/${String(asked.job_id)}`);
  await page.getByText("Succeeded", { exact: true }).first().waitFor({ timeout: 60_000 });
  expect(faults).toEqual([]);
});

test("the dead letters that match the filters are redriven, and no others", async () => {
  const tenants = [await createTenant(1), await createTenant(1)];
  const [customer = "", bystander = ""] = await Promise.all(tenants.map((tenant) => createCustomer(tenant)));
  for (const [index, id] of [customer, bystander].entries()) {
    await waitForSync(id);
    const tenant = tenants[index];
    if (!tenant) continue;
    await refuseSecret(tenant);
    await call("POST", `/v1/customers/${id}/sync`);
    await waitForJob(id, "failed");
    await takeSecret(tenant);
  }
  const { page, faults } = await open();
  await signIn(page, `#/dead-letters?customer_id=${customer}&error_class=config`);

  await page.getByRole("row").nth(1).waitFor();
  expect(await page.getByRole("row").count()).toBe(2);
  await page.getByRole("button", { name: "Retry all that match" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByText(`Customer: ${tenants[0]?.name}. Error class: config`).waitFor();
  await expectAccessible(page);
  await dialog.getByRole("button", { name: "Retry all" }).click();
  await dialog.getByText(/1 queued again, 0 covered by another sync .* 0 skipped, 0 remaining/).waitFor();
  await waitForJob(customer, "succeeded");
  expect((await jobs(bystander, "failed")).length).toBe(1);
  expect(faults).toEqual([]);
});

test("the workflows that the filters show are saved, as a table in which no name is a formula", async () => {
  const tenant = await createTenant(3);
  await control("POST", `tenants/${tenant.name}/workflows`, { name: '=HYPERLINK("http://evil.example","click")' });
  const customer = await createCustomer(tenant);
  await waitForSync(customer);
  const { page } = await open();
  await signIn(page, `#/customers/${customer}`);

  const saved = page.waitForEvent("download");
  await page.getByRole("button", { name: "Export" }).click();
  await page.getByRole("menuitem", { name: /CSV/ }).click();
  const download = await saved;
  expect(download.suggestedFilename()).toBe(`workflows-${customer}.csv`);
  const lines = (await readFile(await download.path(), "utf8")).trim().split("\r\n");
  expect(lines.length).toBe(5);
  expect(lines.some((line) => line.includes(`"'=HYPERLINK(""http://evil.example"",""click"")"`))).toBe(true);

  await goTo(page, `#/customers/${customer}?name=${encodeURIComponent("=hyper")}`);
  await expect.poll(() => page.getByRole("tabpanel").getByRole("rowheader").count()).toBe(1);
  const other = page.waitForEvent("download");
  await page.getByRole("button", { name: "Export" }).click();
  await page.getByRole("menuitem", { name: "JSON" }).click();
  const items = JSON.parse(await readFile(await (await other).path(), "utf8")) as { name: string }[];
  expect(items.map(({ name }) => name)).toEqual(['=HYPERLINK("http://evil.example","click")']);
});

test("an administrator grants a user a customer, who then sees it, and takes it back", async () => {
  const tenant = await createTenant(1);
  const customer = await createCustomer(tenant);
  const person = await signUp();
  const { page, faults } = await open();
  await signIn(page, `#/customers/${customer}`);

  await page.getByRole("tab", { name: "Access" }).click();
  await page.getByText("Only super admins have access.").waitFor();
  await page.getByRole("button", { name: "Grant", exact: true }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("User ID").fill("not-a-uuid");
  await dialog.getByText("Enter the user ID as the Access page shows it.").waitFor();
  expect(await dialog.getByRole("button", { name: "Grant", exact: true }).isDisabled()).toBe(true);
  await dialog.getByLabel("User ID").fill(person.sub);
  await expectAccessible(page);
  await dialog.getByRole("button", { name: "Grant", exact: true }).click();
  await page.getByRole("rowheader", { name: person.sub }).waitFor();
  const theirs = await open();
  await signIn(theirs.page, "#/customers", person.name, person.password);
  await theirs.page.getByRole("link", { name: tenant.name }).waitFor();

  await page.getByRole("button", { name: `Revoke from ${person.sub}` }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Revoke" }).click();
  await page.getByText("Only super admins have access.").waitFor();
  expect([...faults, ...theirs.faults]).toEqual([]);
});
