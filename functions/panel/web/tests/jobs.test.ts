import { expect, test } from "vitest";

import { call, createCustomer, jobs, waitForJob, waitForSync } from "./api";
import { expectAccessible, goTo, signIn, browserForTests } from "./browser";
import { control, createTenant, refuseSecret, takeSecret } from "./zuora";

const open = browserForTests();

test("a job that failed says what to do, and is done after the secret was replaced and it was sent on", async () => {
  const tenant = await createTenant(3);
  const customer = await createCustomer(tenant);
  await waitForSync(customer);
  await refuseSecret(tenant);
  const { page, faults } = await open();
  await signIn(page, `#/customers/${customer}`);

  await page.getByRole("button", { name: "Sync Workflows" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Sync Workflows" }).click();
  await page
    .getByText(/Invalid Zuora credentials/)
    .first()
    .waitFor({ timeout: 60_000 });
  await page.getByRole("button", { name: "Edit" }).click();
  await page.getByLabel("Zuora client secret").fill("another");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText(`${tenant.name} was saved.`).waitFor();

  await goTo(page, `#/jobs?state=failed&customer_id=${customer}`);
  await page.getByRole("heading", { name: "Jobs", level: 1, exact: true }).waitFor();
  await page.getByRole("row").nth(1).waitFor();
  await expectAccessible(page);
  await page.getByRole("row").nth(1).getByRole("link").first().click();
  await page.getByText("Failed", { exact: true }).first().waitFor();
  await expectAccessible(page);
  await page.getByRole("button", { name: "Retry" }).click();
  await page.getByText("Succeeded", { exact: true }).first().waitFor({ timeout: 60_000 });
  expect(faults).toEqual([]);
});

test("deletions that were held are listed, approved, and carried out", async () => {
  const tenant = await createTenant(12);
  const customer = await createCustomer(tenant);
  await waitForSync(customer);
  const ids = (await control("GET", `tenants/${tenant.name}/workflows`)) as number[];
  for (const id of ids.slice(0, 8)) await control("DELETE", `tenants/${tenant.name}/workflows/${id}`);
  const { page, faults } = await open();
  await signIn(page, `#/customers/${customer}`);

  await page.getByRole("button", { name: "Sync Workflows" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Sync Workflows" }).click();
  await page
    .getByText(/^Held, /)
    .first()
    .waitFor({ timeout: 60_000 });
  await goTo(page, `#/jobs?awaiting_approval=true&customer_id=${customer}`);
  // The page that is left has rows too.
  await page.getByRole("heading", { name: "Jobs", level: 1, exact: true }).waitFor();
  await page.getByRole("row").nth(1).getByRole("link").first().click();
  await page.getByRole("heading", { name: "Held deletions (8)" }).waitFor();
  const held = new URL(page.url()).hash;
  await page.getByRole("gridcell", { name: String(ids[0]), exact: true }).waitFor();
  await expectAccessible(page);
  await page.getByRole("button", { name: "Approve deletions" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Approve deletions" }).click();

  await page.getByText("Succeeded", { exact: true }).first().waitFor({ timeout: 60_000 });
  expect(await page.getByTestId("stat-deleted").textContent()).toBe("8");
  await goTo(page, `#/jobs?awaiting_approval=true&customer_id=${customer}`);
  await page.getByText("Nothing matches these filters.").waitFor();
  await goTo(page, held);
  await page.getByRole("link", { name: "the sync that carries it out" }).waitFor();
  expect(await page.getByText(/approve their deletion/).count()).toBe(0);
  expect(faults).toEqual([]);
});

test("all jobs that match the filters are counted and retried, and no others", async () => {
  const [wrong, other] = [await createTenant(1), await createTenant(1)];
  const [customer, bystander] = [await createCustomer(wrong), await createCustomer(other)];
  for (const [tenant, id] of [
    [wrong, customer],
    [other, bystander],
  ] as const) {
    await waitForSync(id);
    await refuseSecret(tenant);
    await call("POST", `/v1/customers/${id}/sync`);
    await waitForJob(id, "failed");
    await takeSecret(tenant);
  }
  const { page, faults } = await open();
  await signIn(page, `#/jobs?state=failed&customer_id=${customer}`);

  await page.getByRole("row").nth(1).waitFor();
  await page.getByRole("button", { name: "Retry all that match" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Retry 1" }).click();
  await page.getByText("The job is queued again.").waitFor();
  await waitForJob(customer, "succeeded");
  expect((await jobs(bystander, "failed")).length).toBe(1);
  expect(faults).toEqual([]);
});
