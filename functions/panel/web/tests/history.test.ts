import type { Page } from "playwright-core";
import { beforeAll, expect, test } from "vitest";

import { createCustomer, syncNow, waitForSync } from "./api";
import { browserForTests, expectAccessible, sidewaysTables, signIn } from "./browser";
import { callout, exported, mail, query } from "./exports";
import { control, createTenant } from "./zuora";

const open = browserForTests();
const SECRET = "hunter2-of-yesterday";

/** A long text that differs in one of its lines. */
const select = (limit: number) =>
  ["select Id", ...Array.from({ length: 40 }, (_, at) => `  , Field${at}`), `limit ${limit}`].join("\n");

let workflow: string;
let fresh: string;
beforeAll(async () => {
  const tenant = await createTenant(1);
  const first = exported(100, [query("Get"), query("Select", select(5)), callout("Send", SECRET), mail("a@example.com")]);
  const made = await control("POST", `tenants/${tenant.name}/workflows`, { name: "Dunning", raw_export: first });
  const { id } = made as { id: number };
  const fetched = [query("Fetch"), query("Select", select(6))];
  const customer = await createCustomer(tenant, { sync_frequency: "manual" });
  await waitForSync(customer);
  const [other] = (await control("GET", `tenants/${tenant.name}/workflows`)) as number[];
  fresh = `#/customers/${customer}/workflows/${other}?tab=history`;
  workflow = `#/customers/${customer}/workflows/${id}`;
  for (const raw_export of [
    exported(500, [...fetched, callout("Send", `${SECRET}-2`), mail("b@example.com")]),
    exported(900, [...fetched, { name: "Wait", action_type: "Delay", parameters: {} }, mail("b@example.com")]),
  ]) {
    await control("PATCH", `tenants/${tenant.name}/workflows/${id}`, { raw_export });
    await syncNow(customer);
  }
});

/** The lines of a value that differ. */
function differing(page: Page, label: string) {
  return page.getByRole("table", { name: label }).locator(".diff-line:is(.diff-removed, .diff-added)").allInnerTexts();
}

test("a change leads to the two definitions side by side, with values and without credentials", async () => {
  const { page, faults } = await open();
  await signIn(page, `${workflow}?tab=changes`);

  const row = page.getByRole("row").filter({ hasText: "recipient changed" });
  await row.getByRole("link", { name: "Show differences" }).click();
  await page.getByText("± Query “Get” renamed to Query “Fetch”").waitFor();
  expect(await page.getByLabel("From").innerText()).toContain("Version 0.0.1");
  expect(await page.getByLabel("To", { exact: true }).innerText()).toBe("Version 0.0.2");
  expect(await differing(page, "parameters.email.to of Email “Dunning 3”")).toEqual(["a@example.com", "b@example.com"]);
  const text = "parameters.query of Query “Select”";
  expect(await differing(page, text)).toEqual(["limit 5", "limit 6"]);
  const lines = page.getByRole("table", { name: text }).locator(".diff-same");
  expect(await lines.count(), "unchanged lines around it").toBe(3);
  await page.getByRole("table", { name: text }).getByRole("button", { name: "Show 38 unchanged lines" }).click();
  expect(await lines.count()).toBe(41);
  const password = page.getByRole("table", { name: "parameters.password of Callout “Send”" });
  expect(await password.getByText("(hidden)").count()).toBe(2);
  expect(await page.locator("body").innerText()).not.toContain(SECRET);
  await expectAccessible(page);
  expect(faults).toEqual([]);
});

test("the newest difference is shown at first, others are chosen, and the address keeps them", async () => {
  const { page, faults } = await open();
  await signIn(page, `${workflow}?tab=history`);

  await page.getByText("+ Delay “Wait” added").waitFor();
  expect(await page.getByLabel("To", { exact: true }).innerText()).toBe("Version 0.0.3, current");
  expect(await page.getByText("− Callout “Send” removed").count()).toBe(1);
  expect(await page.getByText("renamed to").count()).toBe(0);
  expect(await page.getByRole("grid").last().getByRole("row").count(), "the heading and three definitions").toBe(4);
  await page.getByLabel("From").click();
  await page.getByRole("option", { name: /^Version 0\.0\.1/ }).click();
  await page.getByText("± Query “Get” renamed to Query “Fetch”").waitFor();
  await page.reload();
  await page.getByText("± Query “Get” renamed to Query “Fetch”").waitFor();
  await page.getByText("+ Delay “Wait” added").waitFor();
  expect(faults).toEqual([]);
});

test("the graph shows what was added, removed and edited by sign and color, and a task's edits below it", async () => {
  const { page, faults } = await open();
  await signIn(page, `${workflow}?tab=history`);
  await page.getByLabel("From").click();
  await page.getByRole("option", { name: /^Version 0\.0\.1/ }).click();
  await page.getByRole("button", { name: "Graph", exact: true }).click();

  await page.locator(".graph-task").first().waitFor();
  const marked = async (mark: string) => (await page.locator(`.graph-task.${mark} strong`).allInnerTexts()).sort();
  expect([await marked("added"), await marked("removed"), await marked("edited")]).toEqual([
    ["+ Wait"],
    ["− Send"],
    ["± Dunning 3", "± Fetch", "± Select"],
  ]);
  await expectAccessible(page);
  await page.locator(".react-flow__node", { hasText: "± Dunning 3" }).press("Enter");
  await page.getByRole("table", { name: "parameters.email.to of Dunning 3" }).waitFor();
  expect(faults).toEqual([]);
});

test("a phone shows differences without sideways scrolling", async () => {
  const { page, faults } = await open({ width: 390, height: 844 });
  await signIn(page, `${workflow}?tab=history`);

  await page.getByText("+ Delay “Wait” added").waitFor();
  expect(await sidewaysTables(page)).toEqual([]);
  await expectAccessible(page);
  expect(faults).toEqual([]);
});

test("a workflow with one definition has nothing to compare", async () => {
  const { page, faults } = await open();
  await signIn(page, fresh);

  await page.getByText("There is nothing to compare yet").waitFor();
  await page.getByText("current").first().waitFor();
  await expectAccessible(page);
  expect(faults).toEqual([]);
});
