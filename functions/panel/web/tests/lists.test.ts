import { expect, test } from "vitest";

import { call, createCustomer, waitForJob, waitForSync } from "./api";
import { goTo, signIn, browserForTests } from "./browser";
import { createTenant, refuseSecret } from "./zuora";

const open = browserForTests();

test("a long list is read page by page: the browser never holds more than one", async () => {
  const tenant = await createTenant(120);
  const customer = await createCustomer(tenant);
  await waitForSync(customer);
  const { page, faults } = await open();
  await signIn(page, `#/customers/${customer}`);
  const list = page.getByRole("tabpanel");
  const links = list.getByRole("rowheader").getByRole("link");
  const shown = () => links.evaluateAll((all) => all.map((link) => link.getAttribute("href") ?? ""));

  await links.first().waitFor();
  let rowsNow = await shown();
  const seen = new Set(rowsNow);
  expect(rowsNow.length).toBe(50);
  for (const rows of [50, 20]) {
    const before = rowsNow[0];
    await list.getByRole("button", { name: "Next page" }).click();
    await expect.poll(async () => (await shown())[0]).not.toBe(before);
    rowsNow = await shown();
    expect(rowsNow.length).toBe(rows);
    for (const link of rowsNow) seen.add(link);
  }
  expect(seen.size).toBe(120);
  expect(await list.getByRole("button", { name: "Next page" }).isDisabled()).toBe(true);
  await list.getByRole("button", { name: "Page 1" }).click();
  await expect.poll(async () => (await shown()).length).toBe(50);
  expect(faults).toEqual([]);
});

test("a workflow is found among those of all customers by its Zuora ID", async () => {
  // Every tenant of the simulator counts from the same id on: few have as many workflows as this one.
  const tenant = await createTenant(45);
  const customer = await createCustomer(tenant);
  await waitForSync(customer);
  const all = (await call("GET", `/v1/customers/${customer}/workflows`)).items as { zuora_id: string; name: string }[];
  const workflow = all.toSorted((one, other) => Number(one.zuora_id) - Number(other.zuora_id)).at(-1);
  const { page, faults } = await open();
  await signIn(page, `#/workflows?zuora_id=${workflow?.zuora_id}`);

  const row = page.getByRole("row").filter({ hasText: tenant.name });
  await row.getByRole("link", { name: workflow?.name ?? "" }).click();
  await page.getByRole("heading", { level: 1, name: workflow?.name ?? "" }).waitFor();
  expect(page.url()).toContain(`#/customers/${customer}/workflows/${workflow?.zuora_id}`);
  expect(faults).toEqual([]);
});

test("what is selected, and where the page stands, stays while the list is looked at again", async () => {
  const tenant = await createTenant(1);
  const customer = await createCustomer(tenant);
  await waitForSync(customer);
  await refuseSecret(tenant);
  await call("POST", `/v1/customers/${customer}/sync`);
  await waitForJob(customer, "failed");
  const { page, faults } = await open();
  await page.clock.install();
  await signIn(page, `#/jobs?customer_id=${customer}`);

  const failed = page.getByRole("row").filter({ hasText: "Failed" });
  await failed.getByRole("checkbox").check();
  await page.getByRole("button", { name: "Retry 1 selected" }).waitFor();
  await page.setViewportSize({ width: 1280, height: 400 });
  const scroll = () => page.evaluate(() => window.scrollY);
  await page.mouse.wheel(0, 200);
  await expect.poll(scroll).toBeGreaterThan(0);
  const stood = await scroll();
  let answers = 0;
  page.on("response", (response) => {
    if (response.url().includes("/v1/jobs?")) answers += 1;
  });
  // The list is asked for again only once the answer before was read: after the third, two were.
  const lookedAgain = async () => {
    await page.clock.runFor(60_000);
    return answers;
  };
  await expect.poll(lookedAgain, { timeout: 30_000 }).toBeGreaterThanOrEqual(3);
  expect(await failed.getByRole("checkbox").isChecked()).toBe(true);
  expect(await scroll()).toBe(stood);
  expect(faults).toEqual([]);
});

test("filters stand in the address as words, are shown as such, and are taken away one by one", async () => {
  const tenant = await createTenant(1);
  const customer = await createCustomer(tenant);
  await waitForSync(customer);
  const { page, faults } = await open();
  await signIn(page, `#/jobs?customer_id=${customer}&state=succeeded,failed&since=2026-01-31T12:00:00.000Z`);

  await page.getByText(`Customer = ${tenant.name}`).waitFor();
  await page.getByText("State = Succeeded, Failed").waitFor();
  await page.getByText(/Created after = 31 Jan 2026/).waitFor();
  expect(await page.getByRole("row").count()).toBe(2);
  await page.getByRole("button", { name: /Remove.*State/ }).click();
  await expect.poll(() => page.url()).not.toContain("state=");
  expect(page.url()).toContain(`customer_id=${customer}`);
  expect(faults).toEqual([]);
});

test("a filter in the address that is none is shown as it is, with what the API says of it, and can be taken away", async () => {
  const { page } = await open();
  await signIn(page, "#/jobs?since=yesterday");

  await page.getByText("Created after = yesterday").waitFor();
  await page.getByText("The list could not be loaded").waitFor();
  await page.getByText(/^The parameter since is wrong\. ./).waitFor();
  await page.getByRole("button", { name: /Remove.*Created after/ }).click();
  await page.getByText("The list could not be loaded").waitFor({ state: "detached" });
});

test("a typed text filters by the one choice that it names, and is answered if there is none", async () => {
  const tenant = await createTenant(1);
  await createCustomer(tenant);
  const { page, faults } = await open();
  await signIn(page, "#/failed");
  const filter = page.getByRole("main").getByRole("combobox", { name: "Filter the list" });

  await filter.fill("no customer is called so");
  await filter.press("Enter");
  await page.getByText("Nothing is called “no customer is called so” here. Filter by Customer, Cause.").first().waitFor();
  await filter.fill(tenant.name.slice(6));
  await page.getByRole("option", { name: tenant.name }).waitFor();
  await filter.press("Enter");
  await page.getByText(`Customer = ${tenant.name}`).waitFor();
  await page.getByText("Nothing matches these filters.").waitFor();
  expect(await page.getByText(/^Nothing is called/).count()).toBe(0);
  // What opens over the page lies above the navigation.
  await page.getByRole("button", { name: `Customer = ${tenant.name}`, exact: true }).click();
  const left = (await page.getByRole("dialog").boundingBox())?.x ?? -1;
  expect(left).toBeGreaterThanOrEqual(0);
  expect(faults).toEqual([]);
});

test("an age tells the exact time and its zone to who focuses it", async () => {
  const { page, faults } = await open();
  await signIn(page, "#/customers");
  const updated = page.getByText("Updated").getByRole("time").locator("xpath=..");

  await updated.focus();
  await page
    .getByRole("tooltip")
    .getByText(/^\d+ \w+ \d{4}, [\d:]+ \(UTC/)
    .waitFor();
  expect(faults).toEqual([]);
});

test("a name of 190 characters leaves room for the other columns, and is shown in full to who looks at it", async () => {
  const tenant = await createTenant(1);
  const name = `${tenant.name} ${"long ".repeat(40)}`.slice(0, 189) + "!";
  const customer = await createCustomer({ ...tenant, name });
  const { page, faults } = await open();
  await signIn(page, `#/customers?name=${tenant.name}`);

  const link = page.getByRole("rowheader").getByRole("link");
  await link.waitFor();
  expect((await page.getByRole("rowheader").boundingBox())?.width).toBeLessThanOrEqual(320);
  await page.getByRole("columnheader", { name: "Health" }).waitFor();
  await link.focus();
  expect(await page.getByRole("tooltip").textContent()).toBe(name);
  await page.keyboard.press("Escape");
  await goTo(page, `#/jobs?customer_id=${customer}`);
  const cell = page.getByRole("gridcell").filter({ has: page.getByRole("link", { name }) });
  expect((await cell.boundingBox())?.width).toBeLessThanOrEqual(320);
  expect(faults).toEqual([]);
});

test("a column is as wide as it was made, also after a reload", async () => {
  await createCustomer(await createTenant(1));
  const { page, faults } = await open({ width: 1440, height: 900 });
  await signIn(page, "#/customers");
  const header = page.getByRole("columnheader", { name: "Name" });
  const width = async () => Math.round((await header.boundingBox())?.width ?? 0);

  await page.getByRole("rowheader").first().waitFor();
  const before = await width();
  const box = await header.boundingBox();
  const edge = { x: (box?.x ?? 0) + (box?.width ?? 0) - 1, y: (box?.y ?? 0) + 10 };
  await page.mouse.move(edge.x, edge.y);
  await page.mouse.down();
  await page.mouse.move(edge.x + 90, edge.y, { steps: 5 });
  // The table keeps the width that it shows when the button goes up: that of the last step.
  await expect.poll(width).toBeGreaterThan(before + 80);
  await page.mouse.up();
  const after = await width();
  await page.reload();
  await expect.poll(width, { timeout: 20_000 }).toBe(after);
  expect(faults).toEqual([]);
});

test("back from a detail comes to the page of the list that was left", async () => {
  const tenant = await createTenant(60);
  const customer = await createCustomer(tenant);
  await waitForSync(customer);
  const { page, faults } = await open();
  await signIn(page, `#/customers/${customer}`);
  const links = page.getByRole("tabpanel").getByRole("rowheader").getByRole("link");
  const tenRows = () => expect.poll(() => links.count(), { timeout: 20_000 }).toBe(10);

  await links.nth(49).waitFor();
  await page.getByRole("tabpanel").getByRole("button", { name: "Next page" }).click();
  await tenRows();
  const name = await links.first().textContent();
  await links.first().click();
  await page.getByRole("heading", { level: 1, name: name ?? "" }).waitFor();
  await page.goBack();
  await tenRows();
  expect(await links.first().textContent()).toBe(name);
  await page.reload();
  await tenRows();
  expect(faults).toEqual([]);
});

test("a phone shows the names, the state and the actions of a list without sideways scrolling of the page", async () => {
  const tenant = await createTenant(1);
  const customer = await createCustomer(tenant);
  await waitForSync(customer);
  const { page, faults } = await open({ width: 390, height: 800 });
  await signIn(page, `#/customers?name=${tenant.name}`);

  await page.getByRole("rowheader").first().waitFor();
  expect(await page.getByRole("columnheader").allInnerTexts()).toEqual(["Name", "Health", "Actions"]);
  await expect(page.getByRole("button", { name: `Sync Workflows of ${tenant.name}` }).isVisible()).resolves.toBe(true);
  expect(faults).toEqual([]);
});
