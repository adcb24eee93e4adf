// Getting about: search, breadcrumbs, and where the focus is.

import type { Locator } from "playwright-core";
import { beforeAll, expect, test } from "vitest";

import { call, createCustomer, jobs, waitForSync } from "./api";
import { expectAccessible, goTo, signIn, browserForTests } from "./browser";
import { control, createTenant, type Tenant } from "./zuora";

const open = browserForTests();
let tenant: Tenant;
let customer: string;
let workflow: { readonly zuora_id: string; readonly name: string };
beforeAll(async () => {
  tenant = await createTenant(2);
  // The simulator's own names are those of every tenant.
  const name = `Dunning of ${tenant.name}`;
  await control("POST", `tenants/${tenant.name}/workflows`, { name });
  customer = await createCustomer(tenant);
  await waitForSync(customer);
  const { items } = await call("GET", `/v1/customers/${customer}/workflows?name=${encodeURIComponent(name)}`);
  [workflow] = items as [typeof workflow];
});

test("below the first level, breadcrumbs name the way and lead back", async () => {
  const { page, faults } = await open();
  await signIn(page, `#/customers/${customer}/workflows/${workflow.zuora_id}`);
  const breadcrumbs = page.getByRole("navigation", { name: "Breadcrumbs" });

  await breadcrumbs.getByRole("link", { name: tenant.name, exact: true }).waitFor();
  await expect
    .poll(() => breadcrumbs.getByRole("listitem").allInnerTexts(), { timeout: 20_000 })
    .toEqual(["Customers", tenant.name, workflow.name]);
  await expectAccessible(page);
  await breadcrumbs.getByRole("link", { name: tenant.name, exact: true }).click();
  await page.getByRole("heading", { level: 1, name: tenant.name }).waitFor();
  await expect
    .poll(() => breadcrumbs.getByRole("listitem").allInnerTexts(), { timeout: 20_000 })
    .toEqual(["Customers", tenant.name]);
  await goTo(page, "#/customers");
  await breadcrumbs.waitFor({ state: "detached" });
  expect(faults).toEqual([]);
});

test("after a navigation the heading has the focus, and the page is seen from its top", async () => {
  const { page, faults } = await open({ width: 1280, height: 360 });
  await signIn(page, `#/customers/${customer}`);

  const link = page.getByRole("tabpanel").getByRole("link", { name: workflow.name });
  await link.scrollIntoViewIfNeeded();
  expect(await page.evaluate(() => window.scrollY)).toBeGreaterThan(0);
  // The table's head, which stays in view, may cover it.
  await link.press("Enter");
  const focused = page.locator("h1:focus");
  await expect.poll(() => focused.allInnerTexts(), { timeout: 20_000 }).toEqual([workflow.name]);
  expect(await page.evaluate(() => window.scrollY)).toBe(0);
  await page.getByRole("link", { name: "Audit" }).click();
  await expect.poll(() => focused.allInnerTexts(), { timeout: 20_000 }).toEqual(["Audit"]);
  expect(faults).toEqual([]);
});

test("the first stop of the Tab key leads past the navigation", async () => {
  const { page, faults } = await open();
  await signIn(page, "#/audit");

  await page.getByRole("heading", { level: 1, name: "Audit" }).waitFor();
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  expect(await page.locator("h1:focus").innerText()).toBe("Audit");
  expect(page.url()).toContain("#/audit");
  expect(faults).toEqual([]);
});

test.each(["#/customers/%2e%2e", "#/customers/..%2fjobs/edit", "#/jobs/%2e", "#/customers/cus_1/workflows/%3f"])(
  "%s names nothing, and the API is asked for nothing",
  async (address) => {
    const { page, faults } = await open();
    await signIn(page, "#/about");
    await page.getByRole("heading", { level: 1, name: "About" }).waitFor();
    const asked: string[] = [];
    page.on("request", (request) => asked.push(new URL(request.url()).pathname));

    await goTo(page, address);
    await page.getByRole("heading", { level: 1, name: "Page not found" }).waitFor();
    expect(asked.filter((path) => /\/v1\/?($|customers\/|jobs\/)/.test(path))).toEqual([]);
    expect(faults).toEqual([]);
  },
);

/** Types letter by letter with nothing between two of them, however busy the machine is: whoever hesitates asks twice. */
async function typeWithoutPause(input: Locator, text: string): Promise<void> {
  await input.evaluate((element, letters) => {
    // React takes a value that was set past its own setter for one that somebody typed.
    for (const letter of letters) {
      Reflect.set(HTMLInputElement.prototype, "value", (element as HTMLInputElement).value + letter, element);
      element.dispatchEvent(new Event("input", { bubbles: true }));
    }
  }, text);
}

test("the slash leads to the search, which finds customers and workflows within their names with one request", async () => {
  const { page, faults } = await open();
  await signIn(page, "#/about");
  await page.getByRole("heading", { level: 1, name: "About" }).waitFor();
  const search = page.getByRole("banner").getByRole("combobox");

  await page.keyboard.press("/");
  expect(await search.evaluate((input) => input === document.activeElement)).toBe(true);
  const asked: string[] = [];
  page.on("request", (request) => {
    if (/\/v1\/search\?/.test(request.url())) asked.push(request.url());
  });
  await typeWithoutPause(search, tenant.name.slice(6));
  await page.getByRole("option", { name: tenant.name, exact: true }).waitFor();
  expect(asked.length, asked.join("\n")).toBe(1);
  await expectAccessible(page);
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { level: 1, name: tenant.name }).waitFor();

  await page.keyboard.press("/");
  await page.keyboard.type(workflow.name.slice(3));
  await page
    .getByRole("option")
    .filter({ hasText: `${tenant.name}, Zuora ID ${workflow.zuora_id}` })
    .click();
  await page.getByRole("heading", { level: 1, name: workflow.name }).waitFor();
  expect(faults).toEqual([]);
});

test("a pasted id of a job leads to the job", async () => {
  const [job] = (await jobs(customer, "succeeded")) as readonly { id: string }[];
  const { page, faults } = await open();
  await signIn(page, "#/about");
  await page.getByRole("heading", { level: 1, name: "About" }).waitFor();

  await page
    .getByRole("banner")
    .getByRole("combobox")
    .fill(job?.id ?? "");
  await page.keyboard.press("Enter");
  await expect.poll(() => page.url(), { timeout: 20_000 }).toContain(`#/jobs/${job?.id}`);
  expect(faults).toEqual([]);
});
