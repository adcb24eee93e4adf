import type { Page } from "playwright-core";
import { expect, test } from "vitest";

import { call, createCustomer, jobs, waitForJob, waitForSync } from "./api";
import { browserForTests, expectAccessible, signIn } from "./browser";
import { createTenant, refuseSecret, takeSecret, type Tenant } from "./zuora";

const open = browserForTests();

/** A customer whose last sync failed, because Zuora refuses its secret. */
async function createFailing(): Promise<{ tenant: Tenant; customer: string }> {
  const tenant = await createTenant(1);
  const customer = await createCustomer(tenant);
  await waitForSync(customer);
  await refuseSecret(tenant);
  await call("POST", `/v1/customers/${customer}/sync`);
  await waitForJob(customer, "failed");
  return { tenant, customer };
}

/** The line of the tenant's customer, in that of its cause. */
function lineOf(page: Page, tenant: Tenant) {
  return page.getByRole("listitem").getByRole("listitem").filter({ hasText: tenant.name });
}

const CAUSE = "Invalid credentials or address";

test("a failure is a line of its cause that tells customer and error, and leaves when its retry succeeds", async () => {
  const { tenant, customer } = await createFailing();
  const { page, faults } = await open();
  await signIn(page, `#/dead-letters?customer_id=${customer}`);

  await page.getByRole("heading", { level: 1, name: "Failed Jobs" }).waitFor();
  const row = lineOf(page, tenant);
  await row.getByText(/^Invalid Zuora credentials/).waitFor();
  await row.getByRole("button", { name: /^Details/ }).click();
  await row.getByText(/Check three things/).waitFor();
  await expectAccessible(page);
  await takeSecret(tenant);
  await row.getByRole("button", { name: /^Retry/ }).click();
  await page.getByText("The job succeeded.").first().waitFor({ timeout: 60_000 });
  await row.waitFor({ state: "detached" });
  await page.getByText("Nothing matches these filters.").waitFor();
  expect(faults).toEqual([]);
});

test("retry all says what it retries, retries no other customer, and tells how many failed again", async () => {
  const [one, bystander] = [await createFailing(), await createFailing()];
  const { page, faults } = await open();
  await signIn(page, `#/failed?customer_id=${one.customer}&error_class=config`);

  await page.getByRole("button", { name: `Retry all: ${CAUSE}` }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByText(`${CAUSE}: 1 customer.`).waitFor();
  await dialog.getByText(`Customer: ${one.tenant.name}. Cause: ${CAUSE}`).waitFor();
  await expectAccessible(page);
  await dialog.getByRole("button", { name: "Retry 1" }).click();
  await page.getByText("1 failed again.").first().waitFor({ timeout: 60_000 });
  await lineOf(page, one.tenant).waitFor();
  expect((await jobs(bystander.customer, "failed")).length).toBe(1);

  await takeSecret(one.tenant);
  await page.getByRole("button", { name: `Retry all: ${CAUSE}` }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Retry 1" }).click();
  await page.getByText("The job succeeded.").first().waitFor({ timeout: 60_000 });
  expect(faults).toEqual([]);
});

test("a dismissed failure leaves the page and the badge, and stays among all jobs", async () => {
  const { tenant, customer } = await createFailing();
  const { page } = await open();
  await signIn(page, `#/failed?customer_id=${customer}`);

  const row = lineOf(page, tenant);
  await row.getByRole("button", { name: /^Dismiss/ }).click();
  await row.waitFor({ state: "detached" });
  await page.getByRole("link", { name: "All jobs that ever failed" }).click();
  await page.getByRole("heading", { level: 1, name: "Jobs" }).waitFor();
  await page.getByRole("row").filter({ hasText: tenant.name }).getByText("Failed").waitFor();
  await page.reload();
  await page.getByRole("heading", { level: 1, name: "Jobs" }).waitFor();
});

test("the old address of the failed jobs leads to their page", async () => {
  const { page } = await open();
  await signIn(page, "#/jobs?state=failed");

  await page.getByRole("heading", { level: 1, name: "Failed Jobs" }).waitFor();
  expect(page.url()).toMatch(/#\/failed$/);
});

test("the badge of the sidebar is the number of jobs that the page lists", async () => {
  await createFailing();
  const { page } = await open();
  await signIn(page, "#/failed");

  const link = page
    .getByRole("navigation")
    .getByRole("listitem")
    .filter({ hasText: /^Failed Jobs/ });
  // Other tests fail jobs meanwhile, and the two are read at different moments.
  const isSame = async () => {
    await page.reload();
    const heading = page.getByRole("heading", { level: 1, name: /\(\d+\)/ });
    const listed = (await heading.innerText()).replace(/\D/g, "");
    await link.getByText(/\d/).waitFor();
    return (await link.innerText()).replace(/\D/g, "") === listed;
  };
  await expect.poll(isSame, { timeout: 60_000, interval: 1_000 }).toBe(true);
});
