import { randomUUID } from "node:crypto";

import type { Page } from "playwright-core";
import { expect, test } from "vitest";

import { call, createCustomer, jobs, waitForJob, waitForSync } from "./api";
import { browserForTests, expectAccessible, signIn } from "./browser";
import { stack } from "./stack";
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

/** Sends a message to the queue of jobs, as no part of the product does. The emulator takes any signature. */
async function sendToJobs(text: string): Promise<void> {
  const scope = "20260101/us-east-1/sqs/aws4_request";
  const answer = await fetch(new URL("/", stack.api_url), {
    method: "POST",
    headers: {
      "x-amz-target": "AmazonSQS.SendMessage",
      "content-type": "application/x-amz-json-1.0",
      authorization: `AWS4-HMAC-SHA256 Credential=test/${scope}, SignedHeaders=host, Signature=none`,
    },
    body: JSON.stringify({ QueueUrl: stack.job_queue_url, MessageBody: text }),
  });
  if (!answer.ok) throw new Error(`SendMessage: ${answer.status} ${await answer.text()}`);
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

test("a failure that cannot be retried now says why", async () => {
  const { tenant, customer } = await createFailing();
  await call("POST", `/v1/customers/${customer}/pause`);
  const { page, faults } = await open();
  await signIn(page, `#/failed?customer_id=${customer}`);

  const row = lineOf(page, tenant);
  const retry = row.getByRole("button", { name: /^Retry/ });
  await retry.waitFor();
  expect(await retry.getAttribute("aria-disabled")).toBe("true");
  await row.getByRole("button", { name: /^Details/ }).click();
  await row.getByText("It cannot be retried now. The customer is paused. Resume it first.").waitFor();
  await row.getByRole("link", { name: "Sync" }).click();
  await page.getByRole("button", { name: "Retry" }).hover();
  await page.getByRole("tooltip").getByText("The customer is paused. Resume it first.").waitFor();
  await expectAccessible(page);
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

test("an unreadable message shows its reason and its text, and is deleted", async () => {
  const text = `nonsense ${randomUUID()}`;
  await sendToJobs(text);
  const find = async () => {
    const { items } = (await call("GET", "/v1/dead-letters?limit=200")) as { items: { message_id?: string; body?: string }[] };
    return items.find(({ body }) => body === text)?.message_id;
  };
  await expect.poll(find, { timeout: 60_000 }).toBeTruthy();
  const id = await find();
  const { page, faults } = await open();
  await signIn(page, "#/failed");

  const group = page.getByRole("button", { name: "Details: Unreadable messages" });
  await group.waitFor();
  if ((await group.getAttribute("aria-expanded")) === "false") await group.click();
  await page.getByRole("button", { name: `Details: message ${id}` }).click();
  await page.getByText(text).waitFor();
  await expectAccessible(page);
  await page.getByRole("button", { name: `Delete message ${id}` }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
  await page.getByText(text).waitFor({ state: "detached" });
  expect(await find()).toBeUndefined();
  expect(faults).toEqual([]);
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
