import { expect, test } from "vitest";

import { browserForTests, signIn } from "../browser";
import { morningForTests } from "../morning";
import { control } from "../zuora";
import { fits, inNavigation, named, pressTo, walk } from "./walk";

const open = browserForTests();
const morning = morningForTests();

test("by keyboard alone, an admin mends refused credentials", async () => {
  const { admin, customers } = morning();
  const [borealis] = customers.refused;
  if (!borealis) throw new Error("no customer");
  await control("PUT", `tenants/${borealis.tenant.name}/secret`, { client_secret: "renewed" });
  const { page, faults } = await open();
  await signIn(page, "", admin.name, admin.password);
  const main = page.getByRole("main");

  await walk("by keyboard alone", page, 120, async (by) => {
    await pressTo(by, "Tab", main.getByRole("link", { name: borealis.name }).first());
    await by.press("Enter");
    await page.getByRole("heading", { level: 1, name: borealis.name }).waitFor();
    await pressTo(by, "Tab", named(main, /^Edit credentials/));
    await by.press("Enter");
    await pressTo(by, "Tab", page.getByLabel("Zuora client secret"));
    await by.type(page.locator(":focus"), "renewed");
    await pressTo(by, "Tab", named(page, "Save"));
    await by.press("Enter");
    await page.getByRole("heading", { level: 1, name: borealis.name }).waitFor();
    await main.getByText("Succeeded").first().waitFor({ timeout: 30_000 });
  });
  expect(faults).toEqual([]);
});

test("by keyboard alone, a customer is a few keys away", async () => {
  const { admin, customers } = morning();
  const [, , delta] = customers.refused;
  if (!delta) throw new Error("no customer");
  const { page } = await open();
  await signIn(page, "", admin.name, admin.password);
  await page.getByRole("heading", { level: 1, name: "Dashboard" }).waitFor();

  await walk("by keyboard alone, search", page, 4, async (by) => {
    await by.press("/");
    await by.type(page.locator(":focus"), delta.name);
    await page.getByRole("option", { name: delta.name }).waitFor();
    await by.press("ArrowDown");
    await by.press("Enter");
    await page.getByRole("heading", { level: 1, name: delta.name }).waitFor();
  });
});

test("on a phone, an admin sees what is wrong and mends it", async () => {
  const { admin, customers } = morning();
  const [cobalt] = customers.refused.slice(1);
  if (!cobalt) throw new Error("no customer");
  await control("PUT", `tenants/${cobalt.tenant.name}/secret`, { client_secret: "renewed" });
  const { page, faults } = await open({ width: 390, height: 844 });
  await signIn(page, "", admin.name, admin.password);
  const main = page.getByRole("main");

  await walk("on a phone", page, 6, async ({ click, type }) => {
    await fits(page, main.getByText(/Invalid credentials/).first());
    await fits(page, main.getByRole("link", { name: cobalt.name }).first());
    await click(main.getByRole("link", { name: cobalt.name }).first());
    await fits(page, main.getByText(/Invalid Zuora credentials/).first());
    await fits(page, named(main, /^Edit credentials/));
    await click(named(main, /^Edit credentials/));
    await type(page.getByLabel("Zuora client secret"), "renewed");
    await click(named(page, "Save"));
    await main.getByText("Succeeded").first().waitFor({ timeout: 30_000 });
  });
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  expect(overflow).toBeLessThanOrEqual(0);
  expect(faults).toEqual([]);
});

test("with the API down, what was shown stays, says how old it is, and heals by itself", async () => {
  const { admin, customers } = morning();
  const [granite] = customers.held;
  if (!granite) throw new Error("no customer");
  const { page, faults } = await open();
  await page.clock.install();
  await signIn(page, "", admin.name, admin.password);
  const main = page.getByRole("main");
  await main.getByRole("link", { name: granite.name }).waitFor();

  const trouble = page.getByText(/^No connection to the API since/);
  await walk("with the API down", page, 1, async ({ click }) => {
    await page.route("**/v1/**", (route) => route.abort());
    await page.clock.runFor(90_000);
    await trouble.waitFor();
    expect(await page.getByText(/could not be|may be out of date/i).count(), "it is said once").toBe(0);
    await main.getByRole("link", { name: granite.name }).waitFor();
    await click(inNavigation(page, "Customers"));
    await page.getByRole("heading", { level: 1, name: /^Customers/ }).waitFor();
    await trouble.first().waitFor();
    await page.unroute("**/v1/**");
    await expect
      .poll(
        async () => {
          await page.clock.runFor(10_000);
          return [await main.getByRole("link", { name: granite.name }).count(), await trouble.count()];
        },
        { timeout: 30_000 },
      )
      .toEqual([1, 0]);
  });
  expect(faults).toEqual([]);
});
