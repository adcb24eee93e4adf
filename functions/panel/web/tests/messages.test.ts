// Messages above the page.

import { expect, test } from "vitest";

import { createCustomer, waitForSync } from "./api";
import { goTo, signIn, browserForTests } from "./browser";
import { createTenant, refuseSecret } from "./zuora";

const open = browserForTests();

test("the announcement of a sync becomes its result, and does not follow to other pages", async () => {
  const tenant = await createTenant(3);
  const customer = await createCustomer(tenant);
  await waitForSync(customer);
  const { page, faults } = await open();
  await signIn(page, `#/customers/${customer}`);
  const sync = async () => {
    await page.getByRole("button", { name: "Sync Workflows" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Sync Workflows" }).click();
  };

  await page.clock.install();
  await sync();
  const done = page.getByText(`Sync of ${tenant.name}: no changes.`).first();
  await done.waitFor({ timeout: 60_000 });
  await page.getByText(`Sync of ${tenant.name} is queued.`).first().waitFor({ state: "detached" });
  await page.clock.runFor(5_000);
  await goTo(page, "#/audit");
  await page.getByRole("heading", { level: 1, name: "Audit" }).waitFor();
  await done.waitFor({ state: "detached" });

  await goTo(page, `#/customers/${customer}`);
  await refuseSecret(tenant);
  await sync();
  await page.getByText(`Sync of ${tenant.name} failed: Invalid Zuora credentials`).first().waitFor({ timeout: 60_000 });
  await page.getByRole("link", { name: "Show job" }).click();
  await page.getByRole("heading", { level: 1, name: "Sync" }).waitFor();
  expect(faults).toEqual([]);
});

test("an API that cannot be reached is told once, and the page goes on by itself when it is back", async () => {
  const { page, faults } = await open();
  await signIn(page, "#/jobs");
  await page.getByRole("row").nth(1).waitFor();
  const lost = page.getByText(/^No connection to the API since \d\d:\d\d\. Retrying…$/);

  await page.route(/\/(v1\/|health)/, (route) => route.abort());
  await goTo(page, "#/audit");
  await lost.first().waitFor();
  await page.getByRole("heading", { level: 1, name: "Audit" }).waitFor();
  await goTo(page, "#/access");
  await goTo(page, "#/");
  expect(await page.getByText(/could not be|may be out of date/).count()).toBe(0);
  await page.unroute(/\/(v1\/|health)/);
  await goTo(page, "#/audit");
  await lost.first().waitFor({ state: "detached" });
  await page.getByRole("row").nth(1).waitFor();
  expect(faults).toEqual([]);
});
