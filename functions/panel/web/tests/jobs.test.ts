import { expect, test } from "vitest";

import { call, createCustomer, jobs, waitForJob, waitForSync } from "./api";
import { expectAccessible, goTo, signIn, untilListed, browserForTests } from "./browser";
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

test("a dry run and an incomplete sync name the workflows, each with a link", async () => {
  const tenant = await createTenant(2);
  const customer = await createCustomer(tenant);
  await waitForSync(customer);
  const [id] = (await control("GET", `tenants/${tenant.name}/workflows`)) as number[];
  const { items } = await call("GET", `/v1/customers/${customer}/workflows`);
  const name = (items as { zuora_id: string; name: string }[]).find((one) => one.zuora_id === String(id))?.name ?? "";
  await control("DELETE", `tenants/${tenant.name}/workflows/${id}`);
  await control("POST", `tenants/${tenant.name}/workflows`, { name: "Not copied before" });
  const { job_id: plan } = await call("POST", `/v1/customers/${customer}/sync?dry_run=true`);
  await waitForJob(customer, "succeeded");
  const { page, faults } = await open();
  await signIn(page, `#/jobs/${String(plan)}`);

  await page.getByRole("heading", { level: 1, name: `Dry run of ${tenant.name}` }).waitFor();
  const row = (text: string) => page.getByRole("row").filter({ hasText: text });
  await row("Delete").getByRole("link", { name }).waitFor();
  await row("Create").getByText("Not copied yet").waitFor();
  await expectAccessible(page);

  const [sync] = (await jobs(customer, "succeeded")).slice(-1) as readonly { id: string }[];
  await page.route(`**/v1/jobs/${sync?.id}`, async (route) => {
    const answer = await route.fetch();
    const job = (await answer.json()) as Record<string, unknown>;
    const errors = [{ class: "transient", message: "Zuora answered 503.", workflow_id: String(id) }];
    await route.fulfill({ response: answer, json: { ...job, state: "incomplete", errors } });
  });
  await goTo(page, `#/jobs/${sync?.id}`);
  await page.getByRole("heading", { name: "Workflows that could not be copied (1)" }).waitFor();
  await row("Zuora answered 503.").getByRole("link", { name }).click();
  await page.getByRole("heading", { level: 1, name }).waitFor();
  expect(faults).toEqual([]);
});

test("a job tells its customer, its times and its duration, and shows no results while it runs", async () => {
  const tenant = await createTenant(1);
  const customer = await createCustomer(tenant);
  await waitForSync(customer);
  const [sync] = (await jobs(customer, "succeeded")) as readonly { id: string }[];
  const { page, faults } = await open();
  let changes: Record<string, unknown> = {};
  await page.route(`**/v1/jobs/${sync?.id}`, async (route) => {
    const answer = await route.fetch();
    const job = (await answer.json()) as Record<string, unknown>;
    await route.fulfill({ response: answer, json: { ...job, ...changes } });
  });
  const times = { started_at: "2026-11-23T10:00:00.000Z", finished_at: "2026-11-23T10:03:04.000Z" };
  changes = { ...times, actor: "a-user", actor_email: "ada@example.com" };
  await signIn(page, `#/jobs/${sync?.id}`);

  await page.getByRole("heading", { level: 1, name: `Sync of ${tenant.name}` }).waitFor();
  await page.getByText("3 min 4 s", { exact: true }).waitFor();
  await page.getByText(/^23 Nov 2026, \d\d:03:04 \(UTC/).waitFor();
  await page.getByText("ada@example.com").waitFor();
  await page.getByRole("button", { name: "Copy the job's ID" }).waitFor();
  await page.getByTestId("stat-created").waitFor();
  changes = {
    state: "failed",
    attempts: 5,
    error: { class: "transient", message: "503.", next_step: "Look at trust.zuora.com." },
  };
  await page.reload();
  await page.getByText("Look at trust.zuora.com.").waitFor();
  changes = { ...times, state: "running", finished_at: null };
  await page.reload();
  await page.getByText("Running", { exact: true }).waitFor();
  expect(await page.getByTestId("stat-created").count()).toBe(0);
  await goTo(page, `#/customers/${customer}?tab=jobs`);
  await untilListed(page.getByRole("tabpanel"));
  expect(await page.getByRole("tabpanel").getByRole("columnheader", { name: "Customer" }).count()).toBe(0);
  expect(await page.getByRole("tabpanel").getByRole("checkbox").count()).toBe(0);
  expect(faults).toEqual([]);
});
