import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";

import { call, createCustomer, waitForSync } from "./api";
import { expectAccessible, launch, open, signIn } from "./browser";
import { signUp } from "./people";
import { control, createTenant, type Tenant } from "./zuora";

let browser: Browser;
let tenant: Tenant;
let customer: string;
beforeAll(async () => {
  browser = await launch();
  tenant = await createTenant(6);
  customer = await createCustomer(tenant);
  await waitForSync(customer);
});
afterAll(async () => {
  await browser.close();
});

/** Goes to another page without loading the panel anew. */
async function goTo(page: Page, hash: string): Promise<void> {
  await page.evaluate((to) => {
    window.location.hash = to;
  }, hash);
}

test("every page can be used with a screen reader, breaks no rule of the content security policy, and fits a phone", async () => {
  const { page, faults } = await open(browser);
  await signIn(page);
  const pages: readonly (readonly [string, string])[] = [
    ["#/", "Dashboard"],
    ["#/customers", "Customers"],
    ["#/customers/new", "New customer"],
    [`#/customers/${customer}`, tenant.name],
    [`#/customers/${customer}/edit`, `Edit ${tenant.name}`],
    ["#/jobs", "Jobs"],
    ["#/dead-letters", "Dead letters"],
    ["#/audit", "Audit"],
    ["#/access", "Access"],
    ["#/about", "About"],
    ["#/nothing", "No such page"],
  ];
  for (const [hash, title] of pages) {
    await goTo(page, hash);
    await page.getByRole("heading", { level: 1, name: title }).waitFor();
    await page.getByText("Loading").waitFor({ state: "detached" });
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
  const { page, faults } = await open(browser);
  await signIn(page, `#/customers/${customer}`);

  await page.getByRole("tabpanel").getByRole("row").nth(1).getByRole("link").click();
  await page.getByTestId("graph").getByText("Start", { exact: true }).waitFor();
  await expectAccessible(page);
  await page.getByTestId("graph").locator(".graph-task").first().click();
  await page.getByRole("dialog").getByText("Action", { exact: true }).waitFor();
  await page.getByRole("dialog").getByRole("button", { name: /close/i }).click();
  await page.getByRole("tab", { name: /^Tasks/ }).click();
  await page.getByRole("tabpanel").getByRole("row").nth(1).waitFor();
  await expectAccessible(page);
  await page.getByRole("tab", { name: "Definition" }).click();
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
  const { page, faults } = await open(browser);
  await signIn(page, `#/customers/${customer}`);

  await page.getByRole("link", { name }).click({ timeout: 60_000 });
  await page.getByRole("heading", { level: 1, name }).waitFor();
  expect(await page.evaluate(() => "pwned" in window)).toBe(false);
  expect(faults).toEqual([]);
});

test("who may only view sees no button that changes anything, and is refused by the API all the same", async () => {
  const viewer = await signUp();
  await call("PUT", `/v1/customers/${customer}/grants/${viewer.sub}`, { verbs: ["view"] });
  const { page, faults } = await open(browser);
  await signIn(page, `#/customers/${customer}`, viewer.name, viewer.password);

  await page.getByRole("heading", { level: 1, name: tenant.name }).waitFor();
  await page.getByRole("tabpanel").getByRole("row").nth(1).waitFor();
  for (const name of ["Edit", "Pause", "Delete", "Sync Workflows"]) {
    expect(await page.getByRole("button", { name, exact: true }).count(), name).toBe(0);
  }
  await goTo(page, "#/customers");
  await page.getByRole("link", { name: tenant.name }).waitFor();
  expect(await page.getByRole("button", { name: /New customer|Sync Workflows|More actions/ }).count()).toBe(0);
  await goTo(page, `#/customers/${customer}/edit`);
  await page.getByLabel("Name", { exact: true }).fill("taken over");
  await page.getByRole("button", { name: "Save" }).click();
  await page
    .getByText(/may not|access/i)
    .first()
    .waitFor();
  expect((await call("GET", `/v1/customers/${customer}`)).name).toBe(tenant.name);
  expect(faults).toEqual([]);
});

test("what was typed outlives the session: signing in again happens beside the page", async () => {
  const { page } = await open(browser);
  await signIn(page, "#/customers/new");
  await page.getByLabel("Name", { exact: true }).fill("half a name");
  // As if an hour had passed and the session were over: the token is not taken any more.
  await page.route("**/v1/connection-test", (route) =>
    route.fulfill({
      status: 401,
      json: {
        type: "/problems/unauthenticated",
        title: "Sign in first",
        status: 401,
        detail: "The token has expired. Sign in again.",
        instance: "",
      },
      contentType: "application/problem+json",
    }),
  );
  await page.getByLabel("Zuora base URL").click();
  await page.getByRole("option", { name: "Another address" }).click();
  await page.getByRole("textbox", { name: "Address" }).fill(tenant.baseUrl);
  await page.getByLabel("Zuora client ID").fill(tenant.clientId);
  await page.getByLabel("Zuora client secret").fill(tenant.clientSecret);
  await page.getByRole("button", { name: "Test connection" }).click();
  await page.getByText("Your session has ended").waitFor();
  await page.unroute("**/v1/connection-test");

  const beside = page.waitForEvent("popup");
  await page.getByRole("button", { name: "Sign in again" }).click();
  const popup = await beside;
  const { stack } = await import("./stack");
  await popup.getByLabel("Username").fill(stack.username);
  await popup.getByLabel("Password").fill(stack.password);
  await popup.getByRole("button", { name: "Sign in" }).click();
  await page.getByText("Your session has ended").waitFor({ state: "hidden" });
  expect(await page.getByLabel("Name", { exact: true }).inputValue()).toBe("half a name");
  await page.getByRole("button", { name: "Test connection" }).click();
  await page.getByText("Zuora took the credentials").waitFor();
});
