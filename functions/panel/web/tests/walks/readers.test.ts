import type { Page } from "playwright-core";
import { expect, test } from "vitest";

import { jobs } from "../api";
import { browserForTests, giveCredentials, goTo, signIn } from "../browser";
import { morningForTests } from "../morning";
import { signUp } from "../people";
import { stack } from "../stack";
import { walk } from "./walk";

const open = browserForTests();
const morning = morningForTests();

/** Buttons that change something. */
const CHANGING =
  /^(New|Create|Edit|Pause|Resume|Delete|Sync|Test|Retry|Redrive|Cancel|Approve|Grant|Revoke|Dismiss|Purge|Save)\b/;

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
    ["#/jobs", "Jobs"],
    ["#/jobs?state=failed", /./],
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
    await page.getByText("Loading").waitFor({ state: "detached" });
    const shown = await page.getByRole("main").getByRole("button", { name: CHANGING }).allInnerTexts();
    const links = await page.getByRole("main").getByRole("link", { name: CHANGING }).allInnerTexts();
    expect([...shown, ...links], place).toEqual([]);
    expect(await page.getByRole("main").getByRole("checkbox").count(), place).toBe(0);
  }
  expect([...refused, ...faults]).toEqual([]);
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
