import { expect, test } from "vitest";

import { call } from "../api";
import { browserForTests, signIn } from "../browser";
import { morningForTests, remove } from "../morning";
import { control, createTenant } from "../zuora";
import { inNavigation, named, walk } from "./walk";

const open = browserForTests();
const morning = morningForTests();

test("a first-hour admin gets from an empty credential to a first synced customer", async () => {
  const tenant = await createTenant(5);
  const { page, faults } = await open();
  await signIn(page);

  await walk("first-hour admin", page, 11, async ({ click, type }) => {
    await click(inNavigation(page, "Customers"));
    await click(named(page, "New customer"));
    await click(page.getByRole("button", { name: "Help: obtaining credentials at Zuora" }));
    await page.getByRole("region", { name: "Help" }).getByText("New OAuth Clients").waitFor();
    await type(page.getByRole("textbox", { name: "Name", exact: true }), tenant.name);
    await click(page.getByLabel("Zuora base URL"));
    await click(page.getByRole("option", { name: "Another address" }));
    await type(page.getByRole("textbox", { name: "Address" }), tenant.baseUrl);
    await type(page.getByLabel("Zuora client ID"), tenant.clientId);
    await type(page.getByLabel("Zuora client secret"), tenant.clientSecret);
    await click(named(page, "Test connection"));
    await page.getByText(/Zuora (accepted|took) the credentials/).waitFor();
    await click(named(page, "Create"));
    await page.getByRole("heading", { level: 1, name: tenant.name }).waitFor();
    await page.getByRole("tab", { name: "Workflows (5)" }).waitFor({ timeout: 30_000 });
  });
  const [, id = ""] = /customers\/([^/?]+)/.exec(page.url()) ?? [];
  await remove([id]);
  expect(faults).toEqual([]);
});

test("a daily admin finds what is wrong and mends it within six clicks", async () => {
  const { admin, customers } = morning();
  const [, cobalt] = customers.refused;
  if (!cobalt) throw new Error("no customer");
  // A new secret was made at Zuora.
  await control("PUT", `tenants/${cobalt.tenant.name}/secret`, { client_secret: "renewed" });
  const { page, faults } = await open();
  await signIn(page, "", admin.name, admin.password);

  await walk("daily admin, refused secret", page, 6, async ({ click, type }) => {
    // One look names all that is wrong.
    const main = page.getByRole("main");
    for (const state of ["refused", "forbidden", "held", "incomplete"] as const) {
      for (const { name } of customers[state]) await main.getByRole("link", { name }).first().waitFor();
    }
    await main
      .getByText(/Invalid credentials.*3 customers/)
      .first()
      .waitFor();
    await click(main.getByRole("link", { name: cobalt.name }).first());
    await click(named(main, /^Edit credentials/));
    await type(page.getByLabel("Zuora client secret"), "renewed");
    await click(named(page, "Save"));
    await page.getByRole("heading", { level: 1, name: cobalt.name }).waitFor();
    await main.getByText("Succeeded").first().waitFor({ timeout: 30_000 });
    await click(
      inNavigation(page, "Dashboard")
        .or(page.getByRole("link", { name: "Dashboard" }))
        .first(),
    );
    await main
      .getByText(/Invalid credentials.*2 customers/)
      .first()
      .waitFor({ timeout: 40_000 });
  });
  expect(faults).toEqual([]);
});

test("a daily admin looks at held deletions and approves them within six clicks", async () => {
  const { admin, customers } = morning();
  const [granite] = customers.held;
  if (!granite) throw new Error("no customer");
  const { page, faults } = await open();
  await signIn(page, "", admin.name, admin.password);

  await walk("daily admin, held deletions", page, 6, async ({ click }) => {
    const main = page.getByRole("main");
    await click(main.getByRole("link", { name: granite.name }).first());
    await click(named(main, /^Review/));
    await expect.poll(() => main.getByRole("rowheader").count()).toBeGreaterThanOrEqual(9);
    await click(named(main, /^Approve/));
    await click(named(page.getByRole("dialog"), /^Approve/));
    await main.getByText("Succeeded").first().waitFor({ timeout: 30_000 });
  });
  expect((await call("GET", `/v1/customers/${granite.id}`)).workflows_count).toBe(5);
  expect(faults).toEqual([]);
});
