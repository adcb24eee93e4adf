import type { Locator } from "playwright-core";
import { expect, test } from "vitest";

import { call, createCustomer, waitForJob, waitForSync } from "./api";
import { expectAccessible, goTo, signIn, browserForTests } from "./browser";
import { control, createTenant } from "./zuora";

const open = browserForTests();

test("a customer is created with a wrong secret, told so, put right, synced, and deleted by its name", async () => {
  const tenant = await createTenant(7);
  const { page, faults } = await open();
  await signIn(page, "#/customers");

  await page.getByRole("button", { name: "New customer" }).click();
  await page.getByRole("heading", { name: "New customer" }).waitFor();
  await expectAccessible(page);
  await page.getByRole("textbox", { name: "Name", exact: true }).fill(tenant.name);
  await page.getByLabel("Zuora base URL").click();
  await page.getByRole("option", { name: "Another address" }).click();
  await page.getByRole("textbox", { name: "Address" }).fill(tenant.baseUrl);
  await page.getByLabel("Zuora client ID").fill(tenant.clientId);
  await page.getByLabel("Zuora client secret").fill("a wrong one");
  await page.getByRole("button", { name: "Test connection" }).click();
  await page.getByText("Connection failed").waitFor();
  await page.getByText("Check three things", { exact: false }).waitFor();
  await page.getByRole("button", { name: "Create" }).click();
  await page
    .getByText(/client secret/i)
    .first()
    .waitFor();

  await page.getByLabel("Zuora client secret").fill(tenant.clientSecret);
  await page.getByRole("button", { name: "Test connection" }).click();
  await page.getByText("Zuora accepted the credentials").waitFor();
  await page.getByLabel("Zuora client secret").fill("a wrong one");
  await page.getByText("Zuora accepted the credentials").waitFor({ state: "detached" });
  await page.getByLabel("Zuora client secret").fill(tenant.clientSecret);
  await page.getByRole("button", { name: "Create" }).click();

  await page.getByRole("heading", { name: tenant.name }).waitFor();
  await page.getByRole("tab", { name: "Workflows (7)" }).waitFor({ timeout: 60_000 });
  await expect.poll(() => page.getByRole("tabpanel").getByRole("row").count(), { timeout: 20_000 }).toBe(8);
  await expectAccessible(page);
  await page.getByRole("tab", { name: "Overview" }).click();
  expect(await page.getByTestId("stat-created").textContent()).toBe("7");
  expect(await page.getByTestId("stat-errors").textContent()).toBe("0");
  await page.getByText("Not shown: the first sync, which created 7 workflows.").waitFor();
  await expectAccessible(page);

  await page.getByRole("button", { name: "Sync Workflows" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Sync Workflows" }).click();
  await expect.poll(() => page.getByTestId("stat-unchanged").textContent(), { timeout: 60_000 }).toBe("7");

  await page.getByRole("button", { name: "Sync Workflows" }).click();
  await page.getByRole("dialog").getByRole("checkbox").check();
  await page.getByRole("dialog").getByRole("button", { name: "Start dry run" }).click();
  await page.getByRole("heading", { name: "Dry run" }).waitFor();
  await page.getByText("Create 0").waitFor({ timeout: 60_000 });
  await page.goBack();

  await page.getByRole("button", { name: "Delete", exact: true }).click();
  const dialog = page.getByRole("dialog");
  await expectAccessible(page);
  expect(await dialog.getByRole("button", { name: "Delete" }).isDisabled()).toBe(true);
  await dialog.getByLabel(/type the customer's name/).fill(tenant.name);
  await dialog.getByRole("button", { name: "Delete" }).click();
  await page.getByText(`${tenant.name} is being deleted.`).waitFor();
  expect(faults).toEqual([]);
});

test("help opens beside the form, at what it is about, and what was typed stays", async () => {
  const { page, faults } = await open();
  await signIn(page, "#/customers/new");
  const name = page.getByRole("textbox", { name: "Name", exact: true });
  await name.fill("half a name");

  await page.getByRole("button", { name: "Help: choosing the base URL" }).click();
  const help = page.getByRole("region", { name: "Help" });
  await expect.poll(() => isInView(help.getByRole("heading", { name: "Choosing the base URL" }))).toBe(true);
  await expectAccessible(page);
  await help.getByRole("link", { name: "Troubleshooting" }).click();
  await expect.poll(() => isInView(help.getByRole("heading", { name: "Troubleshooting" }))).toBe(true);
  await help.getByRole("button", { name: /close/i }).click();
  await help.waitFor({ state: "detached" });
  expect(await name.inputValue()).toBe("half a name");
  expect(faults).toEqual([]);
});

/** Returns true if the element is visible without scrolling. */
async function isInView(element: Locator): Promise<boolean> {
  const box = await element.boundingBox();
  const height = element.page().viewportSize()?.height ?? 0;
  return box !== null && box.y >= 0 && box.y + box.height <= height;
}

test("all customers are synced at once, and what came of it is told", async () => {
  const { page, faults } = await open();
  // Mocked: the customers of other tests would be synced, too. The API has its own tests.
  let asked = 0;
  await page.route("**/v1/sync", (route) => {
    asked += 1;
    return route.fulfill({ status: 202, json: { of: 9, placed: 3, joined: 1, skipped: 2, failed: 0, finished_at: null } });
  });
  await signIn(page, "#/customers");

  await page.getByRole("button", { name: "Sync all" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Sync all" }).click();
  await page
    .getByText("Skipped (paused or deleted): 2. The rest of the 9 customers will be queued over the next minutes.")
    .waitFor();
  expect([asked, ...faults]).toEqual([1]);
});

test("a paused customer says so, and cannot be synced until it is resumed", async () => {
  const tenant = await createTenant(1);
  const customer = await createCustomer(tenant);
  await waitForSync(customer);
  const { page, faults } = await open();
  await signIn(page, `#/customers/${customer}`);

  await page.getByRole("button", { name: "Pause" }).click();
  await page.getByText(`${tenant.name} paused. It is not synced until it is resumed.`).waitFor();
  const sync = page.getByRole("button", { name: "Sync Workflows" });
  await expect.poll(() => sync.count()).toBe(0);
  await page.getByText("Next sync: Paused").waitFor();
  await page.getByRole("button", { name: "Resume" }).click();
  await page.getByText(`${tenant.name} resumed. A sync is queued.`).waitFor();
  await expect.poll(() => sync.count()).toBe(1);
  expect(faults).toEqual([]);
});

test("the message of what was done goes away by itself", async () => {
  const customer = await createCustomer(await createTenant(1));
  await waitForSync(customer);
  const { page, faults } = await open();
  await page.clock.install();
  await signIn(page, `#/customers/${customer}`);

  await page.getByRole("tab", { name: "Overview" }).click();
  await page.getByRole("button", { name: "Test again" }).click();
  const message = page.getByText("Testing the connection.");
  await message.waitFor();
  await page.clock.runFor(20_000);
  await message.waitFor({ state: "detached" });
  expect(faults).toEqual([]);
});

test("a sync that waits for Zuora, or runs, is at the top of the customer's page, and can be cancelled there", async () => {
  const tenant = await createTenant(2);
  const customer = await createCustomer(tenant);
  await waitForSync(customer);
  const limited = { respond: { status: 429, headers: { "Retry-After": "900" } } };
  await control("POST", `tenants/${tenant.name}/faults`, { times: null, effect: limited });
  await call("POST", `/v1/customers/${customer}/sync`);
  await waitForJob(customer, "waiting");
  const { page, faults } = await open();
  let running = {};
  await page.route("**/v1/jobs/job_*", async (route) => {
    const answer = await route.fetch();
    await route.fulfill({ response: answer, json: { ...((await answer.json()) as object), ...running } });
  });
  await signIn(page, `#/customers/${customer}`);

  await page.getByText("Sync waiting", { exact: true }).waitFor();
  await page.getByText("Zuora asked to wait.").waitFor();
  await page.getByText(/^It goes on in \d+ minutes/).waitFor();
  await expectAccessible(page);
  const progress = { pages: 40, listed: 2000, exported: 1200, to_export: 2000, updated_at: "2026-11-26T09:00:00Z" };
  running = { state: "running", progress };
  await page.getByText("1,200 of 2,000 workflows copied.").waitFor();
  await page.getByText("Sync running", { exact: true }).waitFor();
  await expectAccessible(page);
  running = {};
  await page.getByRole("button", { name: "Cancel sync" }).click();
  await page.getByText("The job is cancelled.").waitFor();
  await page.getByRole("button", { name: "Cancel sync" }).waitFor({ state: "detached" });
  expect(faults).toEqual([]);
});

test("the workflows that the first sync has stored so far are not counted as none", async () => {
  const customer = await createCustomer(await createTenant(3));
  await waitForSync(customer);
  const { page, faults } = await open();
  await page.route(`**/v1/customers/${customer}`, async (route) => {
    const answer = await route.fetch();
    const first = { workflows_count: 0, last_sync: null, syncing: true };
    await route.fulfill({ response: answer, json: { ...((await answer.json()) as object), ...first } });
  });
  await signIn(page, `#/customers/${customer}`);

  await expect.poll(() => page.getByRole("tabpanel").getByRole("row").count()).toBe(4);
  await page.getByRole("tab", { name: "Workflows", exact: true }).waitFor();
  expect(await page.getByText("(0)").count()).toBe(0);
  expect(faults).toEqual([]);
});

test("held deletions are counted on the button that leads to them, and an old secret says what to do", async () => {
  const tenant = await createTenant(10);
  const customer = await createCustomer(tenant);
  await waitForSync(customer);
  const ids = (await control("GET", `tenants/${tenant.name}/workflows`)) as number[];
  for (const id of ids.slice(0, 8)) await control("DELETE", `tenants/${tenant.name}/workflows/${id}`);
  await call("POST", `/v1/customers/${customer}/sync`);
  await waitForJob(customer, "held");
  const { page, faults } = await open();
  await page.route(`**/v1/customers/${customer}`, async (route) => {
    const answer = await route.fetch();
    const known = (await answer.json()) as { zuora_client_secret: object };
    const secret = { ...known.zuora_client_secret, rotation_due: true };
    await route.fulfill({ response: answer, json: { ...known, zuora_client_secret: secret } });
  });
  await signIn(page, `#/customers/${customer}`);

  await page.getByText("The client secret is more than six months old").waitFor();
  await page.getByRole("link", { name: "Edit credentials" }).waitFor();
  await page.getByRole("tab", { name: "Overview" }).click();
  await page.getByRole("button", { name: "Copy the customer's ID" }).waitFor();
  await expectAccessible(page);
  await page.getByRole("link", { name: "Review 8 deletions" }).click();
  await page.getByRole("heading", { name: "Held deletions (8)" }).waitFor();
  expect(faults).toEqual([]);
});

test("no word and no number of a customer's facts or of the dashboard is broken, whatever the width", async () => {
  const customer = await createCustomer(await createTenant(1));
  await waitForSync(customer);
  const { page, faults } = await open();
  await signIn(page, `#/customers/${customer}?tab=overview`);
  for (const [hash, text] of [
    [`#/customers/${customer}?tab=overview`, "Last complete sync"],
    ["#/", "Need attention"],
  ] as const) {
    await goTo(page, hash);
    await page.getByText(text, { exact: true }).waitFor();
    for (const width of [360, 390, 620, 800, 1024, 1280, 1440]) {
      await page.setViewportSize({ width, height: 900 });
      await expect.poll(() => broken(page.locator("main")), { message: `${hash} ${width}` }).toEqual([]);
    }
  }
  expect(faults).toEqual([]);
});

/** The words and numbers that stand on two lines. */
function broken(inside: Locator): Promise<readonly string[]> {
  return inside.evaluate((root) => {
    const found: string[] = [];
    const texts = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    for (let text = texts.nextNode(); text; text = texts.nextNode()) {
      for (const word of (text.textContent ?? "").matchAll(/[A-Za-z0-9,.]+/g)) {
        const range = document.createRange();
        range.setStart(text, word.index);
        range.setEnd(text, word.index + word[0].length);
        if (new Set([...range.getClientRects()].map(({ top }) => Math.round(top))).size > 1) found.push(word[0]);
      }
    }
    return found;
  });
}

test("the list begins with name, health and last sync, and has all that is known of a customer", async () => {
  const { page, faults } = await open();
  await signIn(page, "#/customers");

  await page.getByRole("row").nth(1).waitFor();
  const first = ["Name", "Health", "Last sync"];
  const others = ["ID", "Zuora base URL", "Workflows", "Created", "Updated", "Environment", "Next sync", "Tags", "Actions"];
  const headers = await page.getByRole("columnheader").allInnerTexts();
  expect(headers.filter((header) => header !== "")).toEqual([...first, ...others]);
  expect(faults).toEqual([]);
});

test("the list filters by what stands in the address", async () => {
  const { page, faults } = await open();
  await signIn(page, "#/customers?name=nobody-is-called-so");

  await page.getByText("Nothing matches these filters.").waitFor();
  await page.getByText("Name : nobody-is-called-so").waitFor();
  await page.getByRole("heading", { name: "Customers (0)" }).waitFor();
  await expectAccessible(page);
  expect(faults).toEqual([]);
});
