import { beforeAll, expect, test } from "vitest";

import { createCustomer, syncNow, waitForSync } from "./api";
import { browserForTests, expectAccessible, sidewaysTables, signIn } from "./browser";
import { exported, mail, query } from "./exports";
import { control, createTenant, type Tenant } from "./zuora";

const open = browserForTests();
const PHONE = { width: 390, height: 844 };

let tenant: Tenant;
let customer: string;
let workflow: number;
let job: string;
beforeAll(async () => {
  tenant = await createTenant(2);
  const before = { name: "Reminders", raw_export: exported(100, [query("Get"), mail("a@example.com")]) };
  workflow = ((await control("POST", `tenants/${tenant.name}/workflows`, before)) as { id: number }).id;
  customer = await createCustomer(tenant, { sync_frequency: "manual" });
  await waitForSync(customer);
  const raw_export = exported(900, [query("Fetch"), mail("b@example.com")]);
  await control("PATCH", `tenants/${tenant.name}/workflows/${workflow}`, { name: "Dunning", status: "Inactive", raw_export });
  job = await syncNow(customer);
});

const TOLD = [
  "Renamed from “Reminders” to “Dunning”",
  "Switched off",
  "Version 0.0.1 → 0.0.2",
  "Task “Get” renamed to “Fetch”",
  "Email “Dunning 3”: recipient changed (parameters.email.to)",
];

test("a workflow's changes are sentences, newest first, and everything else one line that is asked for", async () => {
  const { page, faults } = await open();
  await signIn(page, `#/customers/${customer}/workflows/${workflow}?tab=changes`);
  const rows = page.getByRole("tabpanel").getByRole("row");
  await rows.nth(2).waitFor();

  const [newest, oldest] = [await rows.nth(1).innerText(), await rows.nth(2).innerText()];
  for (const sentence of TOLD) expect(newest).toContain(sentence);
  expect(newest).toMatch(/Logic\s+Trigger\s+Notification/);
  expect(newest, "no JSON, and nothing that is no news").not.toMatch(/[{}]|active_version|updatedAt/);
  expect(oldest).toContain("Created, found by the first sync: 2 tasks and 2 linkages");
  await expectAccessible(page);

  await page.getByRole("button", { name: "Everything" }).click();
  await rows.getByText(/^Bookkeeping: .*active_version/).waitFor();
  expect(await rows.nth(1).innerText()).not.toMatch(/[{}]/);
  await expectAccessible(page);
  expect(faults).toEqual([]);
});

test("the page of a sync leads to what it changed, and the customer's changes begin with the newest", async () => {
  const { page, faults } = await open();
  await signIn(page, `#/jobs/${job}`);

  await page.getByRole("link", { name: "What this sync changed" }).click();
  const rows = page.getByRole("tabpanel").getByRole("row");
  await rows.getByText(TOLD[0] ?? "").waitFor();
  expect(await rows.count(), "the heading and one change").toBe(2);
  await page.getByText(job).waitFor();
  await expectAccessible(page);
  await page.getByRole("button", { name: "Clear filters" }).click();
  await rows.nth(4).waitFor();
  expect(await rows.nth(1).innerText()).toContain(TOLD[0]);
  expect(faults).toEqual([]);
});

test("a version without any edit is shown only where everything is", async () => {
  const name = "Cloned";
  const { id } = (await control("POST", `tenants/${tenant.name}/workflows`, { name })) as { id: number };
  await syncNow(customer);
  await control("POST", `tenants/${tenant.name}/workflows/${id}/clones`);
  const cloned = await syncNow(customer);
  const { page, faults } = await open();
  await signIn(page, `#/customers/${customer}?tab=changes&job_id=${cloned}`);

  await page.getByText("Nothing matches these filters.").waitFor();
  await page.getByRole("button", { name: "Everything" }).click();
  const row = page.getByRole("tabpanel").getByRole("row").nth(1);
  await row.getByText("Version 0.0.1 → 0.0.2").waitFor();
  await row.getByText("Bookkeeping", { exact: true }).waitFor();
  expect(faults).toEqual([]);
});

test("a phone shows changes without sideways scrolling", async () => {
  const { page, faults } = await open(PHONE);
  await signIn(page, `#/customers/${customer}?tab=changes&class=all`);

  const row = page
    .getByRole("tabpanel")
    .getByRole("row")
    .filter({ hasText: TOLD[4] ?? "" });
  await row.getByRole("link", { name: "Dunning" }).waitFor();
  expect(await sidewaysTables(page)).toEqual([]);
  await expectAccessible(page);
  expect(faults).toEqual([]);
});

test("a phone shows what a sync held, its failures and its attempts without sideways scrolling; rewritten ones are told", async () => {
  const id = `${workflow}`;
  const message = "Zuora answered the export of this workflow with an internal error (500). It is tried again by itself.";
  const error = { class: "transient", message, next_step: "Nothing to do." };
  const attempt = { started_at: "2026-01-31T09:07:08.120Z", ended_at: "2026-01-31T09:07:09.120Z", state: "held", error };
  const counts = { requests: 12, exports: 3, in_flight: 4, throttles: 0, rate_limited: 0 };
  const changed = {
    state: "held",
    stats: { created: 0, updated: 1, unchanged: 5, rewritten: 2, deleted: 0, errors: 1, total: 7 },
    held: { kind: "limit", count: 1, reason: "One workflow of two is gone.", list_hash: null },
    errors: [{ ...error, workflow_id: id }],
    runs: [{ ...attempt, ...counts }],
  };
  const { page, faults } = await open(PHONE);
  await page.route(/\/v1\/jobs\/job_[^/]*$/, async (route) => {
    const answer = await route.fetch();
    await route.fulfill({ json: { ...((await answer.json()) as object), ...changed } });
  });
  await page.route(/\/v1\/jobs\/job_[^/]*\/held/, (route) =>
    route.fulfill({
      json: { items: [id], names: { [id]: "Dunning of everything that is due since longer than a month" }, next_cursor: null },
    }),
  );
  await signIn(page, `#/jobs/${job}`);

  await page.getByRole("grid").nth(2).waitFor();
  await page.getByText(message).nth(1).waitFor();
  expect(await page.getByTestId("stat-rewritten").innerText()).toBe("2");
  expect(await sidewaysTables(page)).toEqual([]);
  await expectAccessible(page);
  expect(faults).toEqual([]);
});
