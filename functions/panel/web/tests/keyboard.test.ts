import type { Page } from "playwright-core";
import { expect, test } from "vitest";

import { createCustomer, waitForJob, waitForSync } from "./api";
import { signIn, browserForTests } from "./browser";
import { createTenant } from "./zuora";

const open = browserForTests();

/** Presses a key until what has the focus is called so. */
async function press(page: Page, key: string, name: string | RegExp): Promise<void> {
  for (let times = 0; times < 60; times += 1) {
    const focused = page.locator(":focus");
    if ((await focused.count()) > 0 && nameMatches(await nameOf(focused.first()), name)) return;
    await page.keyboard.press(key);
  }
  throw new Error(`${key} does not lead to ${String(name)}`);
}

async function nameOf(focused: ReturnType<Page["locator"]>): Promise<string> {
  return focused.evaluate((element) => {
    const label = document.getElementById(element.getAttribute("aria-labelledby") ?? "");
    return element.getAttribute("aria-label") ?? (label ?? element).textContent?.trim() ?? "";
  });
}

function nameMatches(actual: string, wanted: string | RegExp): boolean {
  return typeof wanted === "string" ? actual === wanted : wanted.test(actual);
}

test("a customer is found and synced without a mouse, and the focus comes back to where it was", async () => {
  const tenant = await createTenant(2);
  const customer = await createCustomer(tenant);
  await waitForSync(customer);
  const { page, faults } = await open();
  await signIn(page, `#/customers?name=${tenant.name}`);
  await page.getByRole("link", { name: tenant.name }).waitFor();

  await press(page, "Tab", "New customer");
  // The table is one stop of the Tab key; the arrows lead through its cells.
  await press(page, "Tab", "Select all rows of this page");
  await page.keyboard.press("ArrowDown");
  await press(page, "ArrowRight", `Sync Workflows of ${tenant.name}`);
  await page.keyboard.press("Enter");
  await page.getByRole("dialog").waitFor();
  await press(page, "Tab", "Sync Workflows");
  await page.keyboard.press("Enter");
  await page.getByRole("dialog").waitFor({ state: "detached" });
  await waitForJob(customer, "succeeded");
  expect(await nameOf(page.locator(":focus").first())).toBe(`Sync Workflows of ${tenant.name}`);
  expect(faults).toEqual([]);
});

test("the help beside a form takes the focus to what it is about, one at a time, and gives it back when it is closed", async () => {
  const { page, faults } = await open();
  await signIn(page, "#/customers/new");
  const focused = page.locator(":focus");
  const closeHelp = page.getByRole("region", { name: "Help" }).getByRole("button", { name: /close/i });

  await page.getByRole("textbox", { name: "Name", exact: true }).fill("half a name");
  for (const [about, heading] of [
    ["obtaining credentials at Zuora", "Obtaining credentials at Zuora"],
    ["choosing the base URL", "Choosing the base URL"],
    ["obtaining credentials at Zuora", "Obtaining credentials at Zuora"],
  ]) {
    await page.getByRole("button", { name: `Help: ${about}` }).press("Enter");
    await expect.poll(() => focused.textContent()).toBe(heading);
    expect(await page.getByRole("region", { name: "Help" }).count()).toBe(1);
    expect(await closeHelp.evaluate((button) => button.getBoundingClientRect().top), "in view").toBeGreaterThan(0);
  }
  await closeHelp.press("Enter");
  await closeHelp.waitFor({ state: "detached" });
  await expect.poll(() => nameOf(focused)).toBe("Help: obtaining credentials at Zuora");
  expect(await page.getByRole("textbox", { name: "Name", exact: true }).inputValue()).toBe("half a name");
  expect(faults).toEqual([]);
});
