import type { Page } from "playwright-core";
import { beforeAll, beforeEach, expect, test } from "vitest";

import { call, createCustomer, waitForSync } from "./api";
import { browserForTests, expectAccessible, sidewaysTables, signIn } from "./browser";
import { callout, exported, mail, query } from "./exports";
import { signUp } from "./people";
import { control, createTenant } from "./zuora";

const open = browserForTests();

interface Side {
  readonly customer: string;
  readonly name: string;
}
let left: Side;
let right: Side;

/** A customer with these workflows, each by its name. */
async function customerWith(workflows: readonly (readonly [string, string])[]): Promise<Side> {
  const tenant = await createTenant(0);
  for (const [name, raw_export] of workflows) {
    await control("POST", `tenants/${tenant.name}/workflows`, { name, raw_export });
  }
  const customer = await createCustomer(tenant, { sync_frequency: "manual" });
  await waitForSync(customer);
  return { customer, name: tenant.name };
}

beforeAll(async () => {
  const same = exported(100, [query("Get")]);
  left = await customerWith([
    ["Dunning", exported(300, [query("Get"), mail("billing@example.com"), callout("Send", "secret-of-production")])],
    ["Invoices", same],
    ["Refunds", same],
    ["Twin", same],
  ]);
  right = await customerWith([
    ["Dunning", exported(500, [query("Get"), mail("nobody@example.com")])],
    ["Invoices", exported(900, [query("Get")])],
    ["Twin", same],
    ["Twin", exported(700, [query("Fetch")])],
  ]);
});
// Each test begins with two customers about whom nothing is said.
beforeEach(async () => {
  await call("PUT", `/v1/customers/${left.customer}/compared-with`, { customer_id: right.customer });
});

/** The rows by workflow and state, in the words of the page. */
async function rows(page: Page): Promise<readonly string[]> {
  const all = await page
    .getByRole("row")
    .filter({ has: page.getByRole("link") })
    .all();
  return Promise.all(
    all.map(async (row) => (await row.locator("th, td").allInnerTexts()).slice(0, 2).join(": ").split("\n")[0] ?? ""),
  );
}

test("two customers are chosen, what differs is listed, and a row leads to both workflows side by side", async () => {
  const { page, faults } = await open();
  await signIn(page, `#/customers/${left.customer}`);
  // The other customer is the one with which it is stored to be compared.
  await page.locator('a[href^="#/compare?left="]').click();
  await page.getByRole("heading", { level: 1, name: "Compare" }).waitFor();

  await expect.poll(() => rows(page)).toEqual(["Dunning: Differs (3 edits)", "Refunds: Only left", "Twin: Ambiguous"]);
  expect(await page.getByText("All workflows are compared.").count()).toBe(1);
  await expectAccessible(page);
  await page.getByRole("button", { name: "Everything" }).click();
  await expect.poll(async () => (await rows(page)).includes("Invoices: Same")).toBe(true);

  await page.getByRole("link", { name: "Dunning" }).click();
  await page.getByRole("heading", { level: 1, name: "Compare Dunning" }).waitFor();
  await page.getByText(`− Callout “Send” only in ${left.name}`).waitFor();
  const values = page.getByRole("table", { name: "parameters.email.to of Email “Dunning 3”" });
  expect(await values.locator(".diff-line").allInnerTexts()).toEqual(["billing@example.com", "nobody@example.com"]);
  expect(await values.getByRole("columnheader").allInnerTexts()).toEqual([left.name, right.name]);
  await expectAccessible(page);
  await page.getByRole("button", { name: "Graph", exact: true }).click();
  await page.locator(".react-flow__node", { hasText: "− Send" }).press("Enter");
  await page.getByText(`This task is only in ${left.name}.`).waitFor();
  await page.locator(".react-flow__node", { hasText: "± Dunning 3" }).press("Enter");
  await page.getByRole("table", { name: "parameters.email.to of Dunning 3" }).waitFor();
  await expectAccessible(page);
  await page.getByRole("link", { name: "All workflows of both customers" }).click();
  await page.getByRole("link", { name: "Refunds" }).waitFor();
  expect(faults).toEqual([]);
});

test("another customer is chosen by its name, and the address keeps both", async () => {
  const { page, faults } = await open();
  await signIn(page, `#/compare?left=${right.customer}`);

  await page.getByText("Choose two customers").waitFor();
  await page.getByLabel("Right customer").click();
  await page.getByPlaceholder("Find by name").fill(left.name);
  await page.getByRole("option", { name: left.name }).click();
  await page.getByRole("row").filter({ hasText: "Refunds" }).getByText("Only right").waitFor();
  await page.reload();
  await page.getByRole("row").filter({ hasText: "Refunds" }).getByText("Only right").waitFor();
  expect(faults).toEqual([]);
});

test("one customer is compared with several, each workflow in one row", async () => {
  const third = await customerWith([
    ["Dunning", exported(300, [query("Get"), mail("billing@example.com"), callout("Send", "secret-of-production")])],
    ["Credits", exported(100, [query("Get")])],
  ]);
  const { page, faults } = await open();
  await signIn(page, `#/compare?left=${left.customer}&right=${right.customer}`);

  await page.getByLabel("Customer 3").click();
  await page.getByPlaceholder("Find by name").fill(third.name);
  await page.getByRole("option", { name: third.name }).click();
  const cells = async () => {
    const all = page.getByRole("row").filter({ has: page.getByRole("rowheader") });
    return Promise.all((await all.all()).map(async (row) => (await row.locator("th, td").allInnerTexts()).join(" | ")));
  };
  await expect
    .poll(cells)
    .toEqual([
      "Credits | - | Only right",
      "Dunning | Differs (3 edits) | Same",
      "Invoices | Same | Only left",
      "Refunds | Only left | Only left",
      "Twin | Ambiguous | Only left",
    ]);
  await expectAccessible(page);
  await page.getByRole("link", { name: "Dunning: Same" }).click();
  await page.getByText(third.name).first().waitFor();
  await page.getByText("The two mean the same").waitFor();
  expect(faults).toEqual([]);
});

test("what differs on purpose is said once, and is no difference any more", async () => {
  const { page, faults } = await open();
  await signIn(page, `#/compare?left=${left.customer}&right=${right.customer}`);

  await page.getByText("Differs (3 edits)").waitFor();
  await page.getByRole("button", { name: "What differs on purpose" }).click();
  const dialog = page.getByRole("dialog", { name: "What differs on purpose" });
  const emails = dialog.getByLabel("E-mail addresses");
  await emails.fill("billing@example.com");
  await dialog.getByText("is no pair").waitFor();
  await emails.fill("billing = nobody@example.com");
  await dialog.getByRole("button", { name: "Save" }).click();
  await dialog.getByText("Use e-mail addresses such as").waitFor();
  await expectAccessible(page);
  await emails.fill("billing@example.com = nobody@example.com");
  await dialog.getByRole("button", { name: "Save" }).click();
  await dialog.waitFor({ state: "detached" });
  await page.getByText("Differs (2 edits)").waitFor();
  await page.getByRole("button", { name: "What differs on purpose" }).click();
  expect(await emails.inputValue()).toBe("billing@example.com = nobody@example.com");
  expect(faults).toEqual([]);
});

test("of several workflows with one name, a person says which two belong together, and takes it back", async () => {
  const { page, faults } = await open();
  await signIn(page, `#/compare?left=${left.customer}&right=${right.customer}&show=all`);

  const row = page.getByRole("row").filter({ hasText: "Ambiguous" });
  await row
    .getByRole("button", { name: /^These two belong together/ })
    .first()
    .click();
  await row.waitFor({ state: "detached" });
  await expect
    .poll(async () => (await rows(page)).filter((one) => one.startsWith("Twin:")))
    .toEqual(["Twin: Same", "Twin: Only right"]);
  await page.getByRole("button", { name: "What differs on purpose" }).click();
  const dialog = page.getByRole("dialog", { name: "What differs on purpose" });
  const links = dialog.getByLabel("Workflows that belong together");
  expect(await links.inputValue()).toMatch(/^\d+ = \d+$/);
  await links.fill("");
  await dialog.getByRole("button", { name: "Save" }).click();
  await row.waitFor();
  expect(faults).toEqual([]);
});

test("nothing that a colleague said meanwhile is replaced unseen", async () => {
  const { page, faults } = await open();
  await signIn(page, `#/compare?left=${left.customer}&right=${right.customer}`);
  const button = page.getByRole("button", { name: "What differs on purpose" });
  await button.click();
  const dialog = page.getByRole("dialog", { name: "What differs on purpose" });
  const theirs = { customer_id: right.customer, ignore: ["workflow.priority"] };
  await call("PUT", `/v1/customers/${left.customer}/compared-with`, theirs);

  await dialog.getByLabel("Ignored fields").fill("parameters.email");
  await dialog.getByRole("button", { name: "Save" }).click();
  await dialog.getByText("Somebody else has changed it meanwhile").waitFor();
  await dialog.getByRole("button", { name: "Cancel" }).click();
  await button.click();
  await expect.poll(() => dialog.getByLabel("Ignored fields").inputValue()).toBe("workflow.priority");
  expect(faults).toEqual([]);
});

test("whoever may only view both customers compares them, and is offered nothing to change", async () => {
  const viewer = await signUp();
  for (const { customer } of [left, right]) {
    await call("PUT", `/v1/customers/${customer}/grants/${viewer.sub}`, { verbs: ["view"] });
  }
  const { page, faults } = await open();
  await signIn(page, `#/compare?left=${left.customer}&right=${right.customer}`, viewer.name, viewer.password);

  await page
    .getByRole("row")
    .filter({ hasText: "Ambiguous" })
    .getByRole("link", { name: /^Twin, ID/ })
    .first()
    .waitFor();
  expect(await page.getByRole("button", { name: "These two belong together" }).count()).toBe(0);
  expect(await page.getByRole("button", { name: "What differs on purpose" }).count()).toBe(0);
  expect(faults).toEqual([]);
});

test("a phone shows the list and two workflows without sideways scrolling", async () => {
  const { page, faults } = await open({ width: 390, height: 844 });
  await signIn(page, `#/compare?left=${left.customer}&right=${right.customer}`);

  await page.getByText("Ambiguous").waitFor();
  expect(await sidewaysTables(page)).toEqual([]);
  await expectAccessible(page);
  await page.getByRole("link", { name: "Dunning" }).click();
  await page.getByText("− Callout “Send” only in").waitFor();
  expect(await sidewaysTables(page)).toEqual([]);
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
  await expectAccessible(page);
  expect(faults).toEqual([]);
});
