// The search over everything, from the box to the task.

import { randomUUID } from "node:crypto";

import type { Page } from "playwright-core";
import { beforeAll, expect, test } from "vitest";

import { createCustomer, syncNow, waitForSync } from "./api";
import { browserForTests, expectAccessible, expectNoSideways, goTo, signIn } from "./browser";
import { execute, exported, mail, query } from "./exports";
import { control, createTenant, type Tenant } from "./zuora";

const open = browserForTests();
/** In no other test's texts. */
const MARK = `m${randomUUID().replaceAll("-", "").slice(0, 12)}`;
const SECRET = `secret${MARK}`;
const HOST = `${MARK}.example.com`;

let tenants: readonly [Tenant, Tenant];
let customers: readonly [string, string];

async function add(tenant: Tenant, name: string, raw_export: string): Promise<string> {
  const { id } = (await control("POST", `tenants/${tenant.name}/workflows`, { name, raw_export })) as { id: number };
  return String(id);
}

beforeAll(async () => {
  tenants = [await createTenant(0), await createTenant(0)];
  const [tenant, other] = tenants;
  const call = {
    name: "Call the partner",
    action_type: "Callout",
    parameters: {
      url: `https://${HOST}/pay`,
      headers: [{ key: "Authorization", value: `Bearer ${SECRET} {{ GlobalConstants.Key${MARK} }}` }],
    },
  };
  const field = query("Select", `select Id from Account where Id = '{{ Data.Account.Field${MARK}__c }}'`);
  await add(tenant, `Target ${MARK}`, exported(100, [query("Get")]));
  await add(
    tenant,
    `Caller ${MARK}`,
    exported(400, [call, execute("Run", `Target ${MARK}`), mail(`${MARK}@example.com`), field]),
  );
  const many = Array.from({ length: 7 }, (_, at) => ({ ...call, name: `Call ${at}` }));
  await add(other, `Many ${MARK}`, exported(500, many));
  customers = [await createCustomer(tenant), await createCustomer(other)];
  await Promise.all(customers.map(waitForSync));
});

/** Types into the search box. */
async function type(page: Page, text: string): Promise<void> {
  await page.keyboard.press("/");
  await page.keyboard.type(text);
}

test("by keyboard alone, a host leads from the box to the task that calls it, in the graph", async () => {
  const { page, faults } = await open();
  await signIn(page, "#/about");
  await page.getByRole("heading", { level: 1, name: "About" }).waitFor();

  await type(page, HOST);
  await page.getByRole("option", { name: "Hosts" }).waitFor();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await page.getByText("Found: 6 places, 2 workflows, 2 customers.").waitFor();
  expect(page.url()).toContain(`#/search?q=${HOST}&kind=host`);
  await expect.poll(() => page.locator("h1:focus").allInnerTexts()).toEqual(["Search"]);
  const main = page.getByRole("main");
  expect(await main.getByRole("heading", { level: 2, name: /^panel-/ }).allInnerTexts()).toEqual(
    [...customers].sort().map((id) => tenants[customers.indexOf(id)]?.name),
  );
  const place = main.getByRole("listitem").filter({ hasText: "Call the partner" });
  expect(await place.locator("mark").allInnerTexts()).toEqual([HOST]);
  expect(await place.innerText()).toContain("Call the partner, address (parameters.url)");
  await main.getByText("No more than five places are shown.").waitFor();
  await expectAccessible(page);
  await place.getByRole("link", { name: "Call the partner" }).press("Enter");

  await page.getByRole("heading", { level: 1, name: `Caller ${MARK}` }).waitFor();
  await page.getByRole("region", { name: "Call the partner" }).waitFor();
  await page.locator(".react-flow__node.selected", { hasText: "Call the partner" }).waitFor();
  await page.goBack();
  await page.getByText("Found: 6 places, 2 workflows, 2 customers.").waitFor();
  expect(faults).toEqual([]);
});

test("Enter before anything is found leads to the page that finds it", async () => {
  const { page, faults } = await open();
  await signIn(page, "#/about");
  await page.getByRole("heading", { level: 1, name: "About" }).waitFor();
  let answer = () => {};
  const held = new Promise<void>((resolve) => (answer = resolve));
  await page.route("**/v1/search?*", async (route) => {
    await held;
    await route.continue();
  });

  await type(page, MARK);
  await page.keyboard.press("Enter");
  await expect.poll(() => page.url()).toContain(`#/search?q=${MARK}&kind=name`);
  await page.getByRole("status").getByText("Searching").waitFor();
  answer();
  await page.getByText("Found: 3 workflows, 2 customers.").waitFor();
  expect(faults).toEqual([]);
});

test("each kind finds its own, at one customer or at all, and a secret is neither found nor shown", async () => {
  const { page, faults } = await open();
  await signIn(page, `#/search?q=${MARK}&kind=host`);
  const found = page.getByRole("main").getByRole("status");
  const choose = async (label: string, option: string) => {
    await page.getByRole("main").getByLabel(label).click();
    await page.getByRole("option", { name: option, exact: true }).click();
  };

  await found.getByText("Found: 6 places, 2 workflows, 2 customers.").waitFor();
  for (const [kind, label, places] of [
    ["email", "E-mail addresses", "1 place, 1 workflow, 1 customer"],
    ["field", "Fields", "1 place, 1 workflow, 1 customer"],
    ["workflow", "Workflows that are run", "1 place, 1 workflow, 1 customer"],
    ["constant", "Constants", "6 places, 2 workflows, 2 customers"],
    ["name", "Names and IDs", "3 workflows, 2 customers"],
  ] as const) {
    await choose("Where", label);
    await found.getByText(`Found: ${places}.`).waitFor();
    expect(page.url()).toContain(`kind=${kind}`);
    expect(await page.getByRole("main").innerText(), kind).not.toContain(SECRET);
  }
  await page.getByRole("main").getByLabel("Customer", { exact: true }).click();
  await page.getByPlaceholder("Find by name").fill(tenants[1].name);
  await page.getByRole("option", { name: tenants[1].name }).click();
  await found.getByText("Found: 1 workflow, 1 customer.").waitFor();
  expect(page.url()).toContain(`customer_id=${customers[1]}`);
  const field = page.getByRole("searchbox", { name: "Search for" });
  await field.fill(SECRET);
  await page.keyboard.press("Enter");
  await found.getByText("Nothing found.").waitFor();
  expect(await field.evaluate((input) => input === document.activeElement), "goes on with the next text").toBe(true);
  await goTo(page, `#/search?q=${SECRET}&kind=text`);
  await found.getByText("Nothing found.").waitFor();
  await goTo(page, "#/search?q=ab");
  await found.getByText("Type at least three characters.").waitFor();
  expect(await field.inputValue()).toBe("ab");
  expect(faults).toEqual([]);
});

test("a search whose time is over goes on when asked, and says what it could not look at", async () => {
  const { page, faults } = await open();
  const hit = (at: number) => ({
    found: "workflow",
    customer_id: customers[0],
    customer_name: "Acme",
    workflow_id: `${at}`,
    workflow_name: `Workflow ${at}`,
    path: "parameters.url",
    snippet: "https://x.example.com",
  });
  const cursors: (string | null)[] = [];
  await page.route("**/v1/search?*", async (route) => {
    const cursor = new URL(route.request().url()).searchParams.get("cursor");
    cursors.push(cursor);
    if (cursor === "3") return route.fulfill({ json: { items: [hit(2)], complete: false, not_indexed: 1 } });
    // The second part begins with two in which nothing was found in time.
    const items = cursor === null ? [hit(1)] : [];
    return route.fulfill({ json: { items, complete: false, not_indexed: 2, next_cursor: `${Number(cursor) + 1}` } });
  });
  await signIn(page, "#/search?q=x.example.com&kind=host");

  await page.getByText("Found: 1 place, 1 workflow, 1 customer so far.").waitFor();
  await page.getByText("Not everything was searched yet.").waitFor();
  await page.getByText(/^2 workflows may be missing/).waitFor();
  await page.getByRole("button", { name: "More" }).click();
  await page.getByText("Found: 2 places, 2 workflows, 1 customer.").waitFor();
  expect(cursors).toEqual([null, "1", "2", "3"]);
  expect(await page.getByRole("button", { name: "More" }).count()).toBe(0);
  await page.getByText(/^7 workflows may be missing/).waitFor();
  await expectAccessible(page);
  await page.getByRole("link", { name: "Search any text instead" }).click();
  await expect.poll(() => page.url()).toContain("kind=text");
  expect(faults).toEqual([]);
});

test("a phone shows what is found without sideways scrolling", async () => {
  const { page, faults } = await open({ width: 390, height: 844 });
  await signIn(page, `#/search?q=${MARK}&kind=text`);

  await page.getByText(/^Found: /).waitFor();
  await expectNoSideways(page);
  await expectAccessible(page);
  expect(faults).toEqual([]);
});

test("what was replaced is found no more", async () => {
  const tenant = await createTenant(0);
  const old = `old${MARK}`;
  const id = await add(tenant, "Changing", exported(100, [mail(`${old}@example.com`)]));
  const customer = await createCustomer(tenant);
  await waitForSync(customer);
  const { page, faults } = await open();
  await signIn(page, `#/search?q=${old}&kind=email`);

  await page.getByText("Found: 1 place, 1 workflow, 1 customer.").waitFor();
  await control("PATCH", `tenants/${tenant.name}/workflows/${id}`, { raw_export: exported(100, [mail("new@example.com")]) });
  await syncNow(customer);
  await page.reload();
  await page.getByText("Nothing found.").waitFor();
  expect(faults).toEqual([]);
});
