import { readFile } from "node:fs/promises";

import type { Page } from "playwright-core";
import { expect, test } from "vitest";

import { jobs } from "../api";
import { browserForTests, giveCredentials, goTo, signIn } from "../browser";
import { morningForTests } from "../morning";
import { signUp } from "../people";
import { stack } from "../stack";
import { inNavigation, walk } from "./walk";

const open = browserForTests();
const morning = morningForTests();

/** Buttons that change something. */
const CHANGING =
  /^(New|Create|Edit|Pause|Resume|Delete|Sync|Test|Retry|Redrive|Cancel|Approve|Grant|Revoke|Dismiss|Purge|Save)\b/;

/** The same as links; a sync in a list is called so and leads to its page. */
const CHANGING_LINK = /^(New|Create|Edit|Retry|Approve|Grant)\b/;

/** What the API refused the page. */
function refusals(page: Page): string[] {
  const seen: string[] = [];
  page.on("response", (response) => {
    if (response.url().includes("/v1/") && response.status() === 403) seen.push(new URL(response.url()).pathname);
  });
  return seen;
}

test("a viewer sees no button that is refused", async () => {
  const { viewer, customers } = morning();
  const { page, faults } = await open();
  const refused = refusals(page);
  await signIn(page, "", viewer.name, viewer.password);
  const places: (readonly [string, string | RegExp])[] = [
    ["#/", "Dashboard"],
    ["#/customers", /^Customers/],
    ["#/workflows", /^Workflows/],
    ["#/findings", "Findings"],
    ["#/jobs", "Jobs"],
    ["#/jobs?state=failed", /./],
    ["#/failed", "Failed Jobs"],
    ["#/operations", "Operations"],
    ["#/audit", /^Audit/],
    ["#/access", "Access"],
  ];
  for (const [state, job] of [
    ["refused", "failed"],
    ["held", "held"],
    ["running", "running"],
    ["waiting", "waiting"],
    ["incomplete", "incomplete"],
    ["paused", "succeeded"],
    ["changed", "succeeded"],
  ] as const) {
    const [one] = customers[state];
    if (!one) throw new Error("no customer");
    const [newest] = (await jobs(one.id, job)) as { id: string }[];
    places.push([`#/customers/${one.id}`, one.name], [`#/customers/${one.id}?tab=jobs`, one.name]);
    places.push([`#/jobs/${newest?.id}`, /./]);
  }

  for (const [place, title] of places) {
    await goTo(page, place);
    await page.getByRole("heading", { level: 1, name: title }).first().waitFor();
    await page.getByText("Loading").first().waitFor({ state: "detached" });
    const shown = await page.getByRole("main").getByRole("button", { name: CHANGING }).allInnerTexts();
    const links = await page.getByRole("main").getByRole("link", { name: CHANGING_LINK }).allInnerTexts();
    expect([...shown, ...links], place).toEqual([]);
    expect(await page.getByRole("main").getByRole("checkbox").count(), place).toBe(0);
  }
  expect([...refused, ...faults]).toEqual([]);
});

test("a viewer is offered no form that is refused", async () => {
  const { viewer, customers } = morning();
  const { page } = await open();
  await signIn(page, "", viewer.name, viewer.password);
  for (const place of [`#/customers/${customers.sound[0]?.id}/edit`, "#/customers/new"]) {
    await goTo(page, place);
    await page
      .getByText(/^You cannot/)
      .first()
      .waitFor();
    expect(await page.getByRole("button", { name: /^(Save|Create)$/ }).count(), place).toBe(0);
  }
});

test("an auditor hands over who changed what last week", async () => {
  const { admin, customers } = morning();
  const [quartz] = customers.changed;
  if (!quartz) throw new Error("no customer");
  const { page, faults } = await open();
  await signIn(page, "", admin.name, admin.password);

  await walk("auditor", page, 8, async ({ click, type }) => {
    await click(inNavigation(page, "Audit"));
    await click(page.getByLabel("Customer", { exact: true }).and(page.locator("[aria-haspopup]")));
    await type(page.getByPlaceholder(/^Find by/), quartz.name);
    await click(page.getByRole("option", { name: quartz.name }));
    await click(page.getByRole("button", { name: /Any time/ }));
    await click(page.getByLabel("Last 7 days"));
    await click(page.getByRole("button", { name: "Apply" }));
    const row = page.getByRole("row").filter({ hasText: "Sync frequency" }).first();
    await row.getByText("admin@example.com").waitFor();
    expect(await row.getByRole("rowheader").innerText()).toMatch(/\d{4}, \d\d:\d\d:\d\d \(UTC/);
    const saved = page.waitForEvent("download");
    await click(page.getByRole("button", { name: "Export CSV" }));
    const lines = (await readFile(await (await saved).path(), "utf8")).trim().split("\r\n").slice(1);
    expect(lines.filter((line) => !line.includes(quartz.name))).toEqual([]);
    expect(lines.some((line) => line.includes("every_two_hours") || /two hours/i.test(line))).toBe(true);
  });
  expect(faults).toEqual([]);
});

test("a user without grants learns what to ask for", async () => {
  const person = await signUp();
  const { page, faults } = await open();
  const refused = refusals(page);
  await page.clock.install();
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  await page.goto(stack.panel_url);
  await giveCredentials(page, person.name, person.password);

  await walk("user without grants", page, 1, async ({ click }) => {
    await page.getByRole("heading", { level: 1, name: /No access/ }).waitFor();
    await page
      .getByText(/administrator/)
      .first()
      .waitFor();
    await click(page.getByRole("button", { name: "Copy your user ID" }));
    await page.getByText("Copied").waitFor();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(person.sub);
  });
  // Nor is anything asked for again and again that is refused.
  refused.length = 0;
  await page.clock.runFor(120_000);
  expect([...refused, ...faults]).toEqual([]);
});
