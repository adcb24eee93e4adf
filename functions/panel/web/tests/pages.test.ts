import { beforeAll, expect, test } from "vitest";

import { call, createCustomer, waitForSync } from "./api";
import { expectAccessible, giveCredentials, goTo, signIn, untilListed, browserForTests } from "./browser";
import { signUp } from "./people";
import { stack } from "./stack";
import { control, createTenant, type Tenant } from "./zuora";

const open = browserForTests();
let tenant: Tenant;
let customer: string;
beforeAll(async () => {
  tenant = await createTenant(6);
  customer = await createCustomer(tenant);
  await waitForSync(customer);
});

test("every page can be used with a screen reader, breaks no rule of the content security policy, and fits a phone", async () => {
  const { page, faults } = await open();
  await signIn(page);
  const pages: readonly (readonly [string, string])[] = [
    ["#/", "Dashboard"],
    ["#/customers", "Customers"],
    ["#/customers/new", "New customer"],
    [`#/customers/${customer}`, tenant.name],
    [`#/customers/${customer}/edit`, `Edit ${tenant.name}`],
    ["#/workflows", "Workflows"],
    ["#/findings", "Findings"],
    ["#/jobs", "Jobs"],
    ["#/failed", "Failed Jobs"],
    ["#/operations", "Operations"],
    ["#/audit", "Audit"],
    ["#/access", "Access"],
    ["#/help", "Help: customers"],
    ["#/about", "About"],
    ["#/nothing", "Page not found"],
  ];
  for (const [hash, title] of pages) {
    await goTo(page, hash);
    await page.getByRole("heading", { level: 1, name: title }).waitFor();
    await expect.poll(() => page.getByText("Loading").count(), { timeout: 20_000 }).toBe(0);
    expect(await page.title()).toBe(`${title.replace(": customers", "")} - Zuora Workflow Manager`);
    await expectAccessible(page);
  }
  await page.setViewportSize({ width: 390, height: 800 });
  for (const [hash, title] of pages) {
    await goTo(page, hash);
    await page.getByRole("heading", { level: 1, name: title }).waitFor();
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect(overflow, `${hash} is wider than the phone`).toBeLessThanOrEqual(0);
  }
  expect(faults).toEqual([]);
});

test("a workflow shows its graph, its tasks, its definition and its changes", async () => {
  const { page, faults } = await open();
  await signIn(page, `#/customers/${customer}`);

  await page.getByRole("tabpanel").getByRole("row").nth(1).getByRole("link").click();
  // Not "Start": some of the tenant's workflows have none.
  const task = page.getByTestId("graph").locator(".graph-task").first();
  await task.waitFor();
  await expectAccessible(page);
  await task.click();
  const beside = page.getByRole("region", { name: await task.locator("strong").innerText() });
  await beside.getByText("Action", { exact: true }).waitFor();
  await expectAccessible(page);
  await beside.getByRole("button", { name: /close/i }).click();
  await beside.waitFor({ state: "detached" });
  const node = page
    .locator(".react-flow__node")
    .filter({ has: page.locator(".graph-task") })
    .first();
  await node.press("Enter");
  await beside.waitFor();
  expect(await node.getAttribute("class")).toContain("selected");
  await beside.getByRole("button", { name: /close/i }).click();
  await page.getByRole("tab", { name: /^Tasks/ }).click();
  await page.getByRole("tabpanel").getByRole("row").nth(1).waitFor();
  await expectAccessible(page);
  await page.getByRole("tab", { name: "Definition" }).click();
  await page.getByText('"linkages"').waitFor();
  await page.reload();
  await page.getByText('"linkages"').waitFor();
  const download = page.waitForEvent("download");
  await page.getByRole("button", { name: "Download" }).click();
  expect((await download).suggestedFilename()).toMatch(/^workflow-\d+\.json$/);
  await page.getByRole("tab", { name: "Changes" }).click();
  await page.getByText("created").first().waitFor();
  await expectAccessible(page);
  expect(faults).toEqual([]);
});

test("a script in a workflow's name is text", async () => {
  const name = `<img src=x onerror="window.pwned=1"><script>window.pwned=1</script>`;
  await control("POST", `tenants/${tenant.name}/workflows`, { name });
  await call("POST", `/v1/customers/${customer}/sync`);
  const { page, faults } = await open();
  await signIn(page, `#/customers/${customer}`);

  await page.getByRole("link", { name }).click({ timeout: 60_000 });
  await page.getByRole("heading", { level: 1, name }).waitFor();
  expect(await page.evaluate(() => "pwned" in window)).toBe(false);
  expect(faults).toEqual([]);
});

const BUTTONS: Readonly<Record<string, readonly string[]>> = {
  update: ["Edit", "Pause"],
  delete: ["Delete"],
  sync: ["Sync Workflows", "Retry selected", "Retry all failed"],
  approve: [],
};

test.each(Object.keys(BUTTONS))("who may %s a customer sees the buttons for that and no others", async (verb) => {
  const person = await signUp();
  await call("PUT", `/v1/customers/${customer}/grants/${person.sub}`, { verbs: [verb] });
  const { page, faults } = await open();
  await signIn(page, `#/customers/${customer}?tab=jobs`, person.name, person.password);

  await page.getByRole("heading", { level: 1, name: tenant.name }).waitFor();
  await untilListed(page.getByRole("tabpanel"));
  for (const [of, names] of Object.entries(BUTTONS)) {
    for (const name of names) {
      expect(await page.getByRole("button", { name, exact: true }).count(), name).toBe(of === verb ? 1 : 0);
    }
  }
  await page.getByRole("tab", { name: "Overview" }).click();
  await page.getByText("Zuora client secret").waitFor();
  expect(await page.getByRole("button", { name: "Test again" }).count()).toBe(verb === "sync" ? 1 : 0);
  expect(faults).toEqual([]);
});

test("who may only view sees no button and no form that changes anything", async () => {
  const viewer = await signUp();
  await call("PUT", `/v1/customers/${customer}/grants/${viewer.sub}`, { verbs: ["view"] });
  const { page, faults } = await open();
  await signIn(page, `#/customers/${customer}`, viewer.name, viewer.password);

  await page.getByRole("heading", { level: 1, name: tenant.name }).waitFor();
  await untilListed(page.getByRole("tabpanel"));
  await page.getByRole("tab", { name: "Jobs" }).click();
  await untilListed(page.getByRole("tabpanel"));
  for (const name of ["Edit", "Pause", "Delete", "Sync Workflows", "Retry selected", "Retry all failed"]) {
    expect(await page.getByRole("button", { name, exact: true }).count(), name).toBe(0);
  }
  expect(await page.getByRole("checkbox").count()).toBe(0);
  await page.getByRole("tab", { name: "Overview" }).click();
  await page.getByText("Zuora client secret").waitFor();
  expect(await page.getByRole("button", { name: "Test again" }).count()).toBe(0);
  await goTo(page, "#/customers");
  await page.getByRole("heading", { level: 1, name: "Customers" }).waitFor();
  await page.getByRole("rowheader", { name: tenant.name }).waitFor();
  expect(await page.getByRole("button", { name: /New customer|Sync Workflows|More actions/ }).count()).toBe(0);
  await goTo(page, "#/failed");
  await page.getByRole("heading", { level: 1, name: "Failed Jobs" }).waitFor();
  expect(await page.getByRole("button", { name: /Retry/ }).count()).toBe(0);
  await goTo(page, `#/customers/${customer}/edit`);
  await page.getByText("You cannot edit this customer").waitFor();
  expect(faults).toEqual([]);
});

test("who was granted nothing is told how to get access", async () => {
  const person = await signUp();
  const { page, faults } = await open();
  await page.goto(stack.panel_url);
  await giveCredentials(page, person.name, person.password);

  await page.getByRole("heading", { level: 1, name: "No access yet" }).waitFor();
  await page.getByRole("main").getByText(person.sub).waitFor();
  expect(await page.getByText(/could not be loaded/).count()).toBe(0);
  await expectAccessible(page);
  expect(faults).toEqual([]);
});
