import { readFile } from "node:fs/promises";

import { beforeAll, expect, test } from "vitest";

import { call, createCustomer, syncNow, waitForSync } from "./api";
import { browserForTests, expectAccessible, goTo, sidewaysTables, signIn } from "./browser";
import { exported } from "./exports";
import { signUp } from "./people";
import { control, createTenant } from "./zuora";

const open = browserForTests();
const PHONE = { width: 390, height: 844 };
const SECRET = "hunter2-in-the-open";

const callout = (name: string, parameters: object) => ({ name, action_type: "Callout", parameters });
const FAULTY = exported(100, [
  callout("Send", { url: "http://example.com", oauth2: { client_secret: SECRET } }),
  callout("Notify", { url: "http://example.org" }),
  callout("Ask", { url: "https://example.com" }),
]);
const SOUND = exported(100, [callout("Send", { url: "https://example.com" })]);

let customer: string;
let faulty: string;
let mended: string;
beforeAll(async () => {
  const tenant = await createTenant(0);
  const add = async (name: string) =>
    String(((await control("POST", `tenants/${tenant.name}/workflows`, { name, raw_export: FAULTY })) as { id: number }).id);
  [faulty, mended] = [await add("Faulty"), await add("Mended")];
  customer = await createCustomer(tenant, { sync_frequency: "manual" });
  await waitForSync(customer);
  await control("PATCH", `tenants/${tenant.name}/workflows/${mended}`, { raw_export: SOUND });
  await syncNow(customer);
});

const workflow = (id: string, tab: string) => `#/customers/${customer}/workflows/${id}?tab=${tab}`;

test("findings over all customers begin with the errors, tell why and what to do, and lead to the task", async () => {
  const { page, faults } = await open();
  await signIn(page);
  await page.getByRole("navigation").getByRole("link", { name: "Findings" }).click();
  await page.getByRole("heading", { level: 1, name: "Findings" }).waitFor();

  await goTo(page, `#/findings?customer_id=${customer}`);
  const rows = page.getByRole("grid").getByRole("row");
  await expect.poll(() => rows.count()).toBe(4);
  const told = await rows.allInnerTexts();
  expect(told[1]).toMatch(/Error\s+A credential is written into the task \(S1\)/);
  expect(told[1]).toMatch(/Callout “Send”\s+client secret\s*parameters\.oauth2\.client_secret/);
  expect(told[2]).toMatch(/Warning\s+An address without encryption \(S5\)/);
  expect(told.join(" ")).not.toContain(SECRET);
  await page.getByRole("button", { name: "A credential is written into the task (S1)" }).first().click();
  await page.getByText("Whoever may see the workflow").waitFor();
  await page.getByText("Keep it in a global constant").waitFor();
  await expectAccessible(page);

  await goTo(page, `#/findings?customer_id=${customer}&level=warning`);
  await expect.poll(() => rows.count()).toBe(3);
  await page.getByRole("button", { name: "Export CSV" }).waitFor();
  const saved = page.waitForEvent("download");
  await page.getByRole("button", { name: "Export CSV" }).click();
  const lines = (await readFile(await (await saved).path(), "utf8")).trim().split("\r\n");
  expect(lines.length, "the heading and two warnings").toBe(3);
  expect(lines[1]).toContain('"Warning","S5","An address without encryption"');

  await page.getByRole("link", { name: "Show Callout “Notify” in graph" }).click();
  await page.getByRole("region", { name: "Notify" }).getByText("An address without encryption (S5)").waitFor();
  await expect.poll(() => page.locator(".react-flow__node.selected").innerText()).toContain("Notify");
  expect(faults).toEqual([]);
});

test("a filter that nothing matches says so", async () => {
  const { page, faults } = await open();
  await signIn(page, `#/findings?customer_id=${customer}&rule=S7`);

  await page.getByText("Nothing matches these filters.").waitFor();
  await expectAccessible(page);
  expect(faults).toEqual([]);
});

test("the graph marks tasks with findings by shape and name", async () => {
  const { page, faults } = await open();
  await signIn(page, workflow(faulty, "graph"));

  await page.getByRole("button", { name: "Send, Callout, 2 findings, the worst: error" }).waitFor();
  await page.getByRole("button", { name: "Notify, Callout, 1 finding: warning" }).waitFor();
  await page.getByRole("button", { name: "Ask, Callout", exact: true }).waitFor();
  expect(await page.locator(".graph-task .graph-finding").allInnerTexts()).toEqual(["✕", "!"]);
  expect(await page.getByRole("list", { name: "Findings" }).getByRole("listitem").count()).toBe(2);
  await page.getByRole("tab", { name: "Findings (3)" }).waitFor();
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    await expectAccessible(page);
  }
  expect(faults).toEqual([]);
});

test("what is meant to be so is suppressed with a reason, shown with it, and taken back", async () => {
  const { page, faults } = await open();
  await signIn(page, workflow(faulty, "findings"));
  await page.getByRole("button", { name: "Suppress S5: An address without encryption" }).first().click();
  const dialog = page.getByRole("dialog");

  await dialog.getByRole("button", { name: "Suppress" }).click();
  await dialog.getByText("Enter a reason: others will read it.").waitFor();
  await dialog.getByLabel("Reason").fill("A test system");
  await dialog.getByLabel("Until").fill("2020/01/01");
  await dialog.getByRole("button", { name: "Suppress" }).click();
  await dialog.getByText("Enter a day in the future.").waitFor();
  await expectAccessible(page);
  await dialog.getByLabel("Until").fill("2099/01/01");
  await dialog.getByRole("button", { name: "Suppress" }).click();

  await page.getByRole("tab", { name: "Findings (1)" }).waitFor();
  expect(await page.getByText(/^Meant to be so until .*2098|^Meant to be so until .*2099/).count()).toBe(2);
  expect(await page.getByText(/: A test system \(/).count()).toBe(2);
  await expectAccessible(page);
  await page.getByRole("tab", { name: "Graph" }).click();
  await page.getByRole("button", { name: "Send, Callout, 1 finding: error" }).waitFor();
  await page.getByRole("button", { name: "Notify, Callout", exact: true }).waitFor();
  await goTo(page, `#/findings?customer_id=${customer}`);
  const rows = page.getByRole("grid").getByRole("row");
  await expect.poll(() => rows.count()).toBe(2);
  await goTo(page, `#/findings?customer_id=${customer}&suppressed=true`);
  await expect.poll(() => rows.count()).toBe(4);

  await goTo(page, workflow(faulty, "findings"));
  await page.getByRole("button", { name: "Take back S5: An address without encryption" }).first().click();
  await dialog.getByRole("button", { name: "Take back" }).click();
  await page.getByRole("tab", { name: "Findings (3)" }).waitFor();
  expect(await page.getByText(/^Meant to be so/).count()).toBe(0);
  expect(faults).toEqual([]);
});

test("who may only view sees findings and cannot suppress any", async () => {
  const { page, faults } = await open();
  const viewer = await signUp();
  await call("PUT", `/v1/customers/${customer}/grants/${viewer.sub}`, { verbs: ["view"] });
  await signIn(page, workflow(faulty, "findings"), viewer.name, viewer.password);

  await page.getByText("A credential is written into the task (S1)").waitFor();
  await page.getByRole("link", { name: `panel-` }).first().waitFor();
  expect(await page.getByRole("button", { name: /^Suppress/ }).count()).toBe(0);
  expect(faults).toEqual([]);
});

test("a change tells which findings it resolved", async () => {
  const { page, faults } = await open();
  await signIn(page, workflow(mended, "changes"));

  await page
    .getByText("Findings resolved: A credential is written into the task (S1), An address without encryption (S5)")
    .waitFor();
  await goTo(page, workflow(mended, "findings"));
  await page.getByText("Nothing was found: no credentials in the open").waitFor();
  expect(faults).toEqual([]);
});

test("an export is checked from a file or pasted, and what is wrong with it is told", async () => {
  const { page, faults } = await open();
  await signIn(page, "#/findings");
  await page.getByRole("button", { name: "Check an export" }).click();
  const dialog = page.getByRole("dialog");
  const check = dialog.getByRole("button", { name: "Check", exact: true });

  await check.click();
  await dialog.getByText("Choose a file, or paste the export.").waitFor();
  await dialog.getByLabel("Or its text").fill("{}");
  await check.click();
  await dialog.getByText("it has no list of tasks").waitFor();
  await dialog
    .locator("input[type=file]")
    .setInputFiles({ name: "faulty.json", mimeType: "application/json", buffer: Buffer.from(FAULTY) });
  await check.click();
  await dialog.getByText("3 findings, the worst first.").waitFor();
  await dialog.getByText("A credential is written into the task (S1)").waitFor();
  await dialog.getByText(/^Not checked, .*Another workflow of the tenant has the same name \(H5\)/).waitFor();
  await expectAccessible(page);
  const tooLarge = Buffer.alloc(4 * 1024 * 1024 + 1, " 1");
  await dialog.locator("input[type=file]").setInputFiles({ name: "large.json", mimeType: "application/json", buffer: tooLarge });
  await check.click();
  await dialog.getByText("The export is larger than 4 MB").waitFor();
  expect(faults).toEqual([]);
});

test("a phone shows findings without sideways scrolling", async () => {
  const { page, faults } = await open(PHONE);
  await signIn(page, `#/findings?customer_id=${customer}`);
  await page.getByText("A credential is written into the task (S1)").waitFor();

  await page
    .getByRole("row")
    .filter({ hasText: "Faulty" })
    .first()
    .getByText(/^panel-/)
    .waitFor();
  expect(await sidewaysTables(page)).toEqual([]);
  await expectAccessible(page);
  await goTo(page, workflow(faulty, "findings"));
  await page.getByRole("button", { name: "Suppress S1: A credential is written into the task" }).waitFor();
  await page.getByText("Callout “Send”: client secret (parameters.oauth2.client_secret)").waitFor();
  expect(await sidewaysTables(page)).toEqual([]);
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  expect(overflow).toBeLessThanOrEqual(0);
  await expectAccessible(page);
  expect(faults).toEqual([]);
});
