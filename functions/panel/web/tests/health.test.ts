import { beforeAll, expect, test } from "vitest";

import { call, createCustomer, waitForJob, waitForSync } from "./api";
import { expectAccessible, goTo, signIn, browserForTests } from "./browser";
import { type Person, signUp } from "./people";
import { createTenant, refuseSecret, type Tenant } from "./zuora";

const open = browserForTests();
let tenant: Tenant;
/** Sees no customer but the one whose secret is refused. */
let person: Person;
beforeAll(async () => {
  tenant = await createTenant(1);
  const customer = await createCustomer(tenant);
  await waitForSync(customer);
  await refuseSecret(tenant);
  await call("POST", `/v1/customers/${customer}/sync`);
  await waitForJob(customer, "failed");
  person = await signUp();
  await call("PUT", `/v1/customers/${customer}/grants/${person.sub}`, { verbs: ["update"] });
});

test("the dashboard names a customer that fails, says why, and leads to its page and to what mends it", async () => {
  const { page, faults } = await open();
  await signIn(page, "", person.name, person.password);

  const row = page.getByRole("listitem").filter({ hasText: tenant.name });
  await row.getByText("Invalid credentials or address: 1 customer").waitFor();
  await row.getByText("Failing", { exact: true }).waitFor();
  await page.getByRole("link", { name: "Need attention: 1" }).waitFor();
  await expectAccessible(page);
  await row.getByRole("button", { name: /^What to do/ }).click();
  await page.getByText("Check three things", { exact: false }).waitFor();
  await page.keyboard.press("Escape");
  await row.getByRole("link", { name: tenant.name }).click();
  await page.getByRole("heading", { level: 1, name: tenant.name }).waitFor();
  await page.getByText(/^Failing: /).waitFor();
  await expectAccessible(page);
  // Who may only update cannot test the connection.
  const edit = page.getByRole("link", { name: "Edit credentials" });
  await edit.waitFor();
  expect(await page.getByRole("button", { name: "Test again" }).count()).toBe(0);
  await edit.click();
  await page.getByRole("heading", { level: 1, name: `Edit ${tenant.name}` }).waitFor();
  expect(faults).toEqual([]);
});

test("on a phone, what needs you shows its cause, how many, and the button, without scrolling sideways", async () => {
  const { page, faults } = await open({ width: 390, height: 800 });
  await signIn(page, "", person.name, person.password);

  const title = page.getByText("Invalid credentials or address: 1 customer");
  const button = page.getByRole("link", { name: "Edit credentials: Invalid credentials or address" });
  for (const part of [title, button]) {
    await part.waitFor();
    const box = await part.boundingBox();
    expect(box && box.x >= 0 && box.x + box.width <= 390 && box.y + box.height <= 800).toBe(true);
  }
  expect(faults).toEqual([]);
});

test("a bar of the dashboard's chart leads to its jobs, by mouse and by keyboard", async () => {
  const { page, faults } = await open();
  const none = { succeeded: 0, incomplete: 0, held: 0, failed: 0, cancelled: 0 };
  await page.route("**/v1/stats", async (route) => {
    const answer = await route.fetch();
    const jobs_by_hour = [{ ...none, hour: "2026-11-26T09:00:00Z", succeeded: 1, failed: 1 }];
    await route.fulfill({ response: answer, json: { ...((await answer.json()) as object), jobs_by_hour } });
  });
  await signIn(page);
  const chart = page.getByRole("application", { name: "Syncs in the last 24 hours, by hour and outcome" });
  await chart.waitFor();
  const axis = page.getByRole("region", { name: /Syncs in the last 24 hours/ });
  const jobs = async () => {
    await page.getByRole("heading", { level: 1, name: "Jobs" }).waitFor();
    const { hash } = new URL(page.url());
    return Object.fromEntries(new URLSearchParams(hash.split("?")[1]));
  };
  const ofHour = {
    kind: "sync",
    finished_since: "2026-11-26T09:00:00.000Z",
    finished_until: "2026-11-26T10:00:00.000Z",
  };
  expect(await axis.getByText(/\d\.\d/).count()).toBe(0);

  // The chart answers to the mouse that moves over it.
  await chart.hover();
  await chart.hover({ position: { x: 300, y: 100 } });
  await chart.click({ position: { x: 300, y: 100 } });
  await page.getByRole("link", { name: "Failed", exact: true }).click();
  expect(await jobs()).toEqual({ ...ofHour, state: "failed" });
  await page.goBack();
  await chart.focus();
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("Enter");
  await page.getByRole("link", { name: "Succeeded", exact: true }).press("Enter");
  expect(await jobs()).toEqual({ ...ofHour, state: "succeeded" });
  expect(faults).toEqual([]);
});

test("the list shows the customers that need attention, or the paused ones, and the address says which", async () => {
  const { page, faults } = await open();
  await signIn(page, "#/customers", person.name, person.password);
  const row = page.getByRole("row").filter({ hasText: tenant.name });
  await row.getByText("Failing", { exact: true }).waitFor();
  await row.getByText(/Invalid Zuora credentials/).waitFor();
  // Below the state, cut after two lines.
  const [state, reason] = [row.getByText("Failing", { exact: true }), row.locator(".clamped")];
  expect((await reason.boundingBox())?.y).toBeGreaterThan((await state.boundingBox())?.y ?? Infinity);
  expect(await reason.evaluate((text) => text.clientHeight < 50 && text.clientWidth > 100)).toBe(true);

  await page.getByRole("button", { name: "Needs attention (1)" }).click();
  await expect.poll(() => page.url()).toContain("needs_person=true");
  await page.getByText("Needs attention = Yes").waitFor();
  await row.waitFor();
  await expectAccessible(page);
  await page.getByRole("button", { name: "Paused (0)" }).click();
  await page.getByText("Nothing matches these filters.").waitFor();
  await page.getByRole("button", { name: "All (1)" }).click();
  await row.waitFor();
  expect(page.url()).not.toMatch(/health=|needs_person=/);
  await goTo(page, "#/customers?health=failing");
  await page.getByText("Health = Failing").waitFor();
  await row.waitFor();
  expect(faults).toEqual([]);
});

test("an installation without customers shows the first steps", async () => {
  const { page, faults } = await open();
  await page.route("**/v1/stats", async (route) => {
    const answer = await route.fetch();
    const stats = (await answer.json()) as { customers: Record<string, unknown> };
    await route.fulfill({ response: answer, json: { ...stats, customers: { ...stats.customers, total: 0 } } });
  });
  await signIn(page);

  await page.getByRole("heading", { name: "First steps" }).waitFor();
  const steps = ["Create a customer", "Test the connection", "first sync", "how often", "colleagues", "alarms"];
  const shown = await page.locator("main ol > li").allInnerTexts();
  expect(shown.map((text, index) => text.includes(steps[index] ?? "?"))).toEqual(steps.map(() => true));
  expect(await page.getByRole("heading", { name: "Needs you" }).count()).toBe(0);
  await expectAccessible(page);
  await page.getByRole("link", { name: "Create a customer" }).click();
  await page.getByRole("heading", { level: 1, name: "New customer" }).waitFor();
  expect(faults).toEqual([]);
});
