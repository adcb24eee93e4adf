import { expect, test } from "vitest";

import { expectAccessible, signIn, useBrowser } from "./browser";
import { createTenant } from "./zuora";

const open = useBrowser();

test("a customer is created with a wrong secret, told so, put right, synced, and deleted by its name", async () => {
  const tenant = await createTenant(7);
  const { page, faults } = await open();
  await signIn(page, "#/customers");

  await page.getByRole("button", { name: "New customer" }).click();
  await page.getByRole("heading", { name: "New customer" }).waitFor();
  await expectAccessible(page);
  await page.getByLabel("Name", { exact: true }).fill(tenant.name);
  await page.getByLabel("Zuora base URL").click();
  await page.getByRole("option", { name: "Another address" }).click();
  await page.getByRole("textbox", { name: "Address" }).fill(tenant.baseUrl);
  await page.getByLabel("Zuora client ID").fill(tenant.clientId);
  await page.getByLabel("Zuora client secret").fill("a wrong one");
  await page.getByRole("button", { name: "Test connection" }).click();
  await page.getByText("The connection does not work").waitFor();
  await page.getByText("it is shown only once", { exact: false }).waitFor();
  await page.getByRole("button", { name: "Create" }).click();
  await page
    .getByText(/client secret/i)
    .first()
    .waitFor();

  await page.getByLabel("Zuora client secret").fill(tenant.clientSecret);
  await page.getByRole("button", { name: "Test connection" }).click();
  await page.getByText("Zuora took the credentials").waitFor();
  await page.getByRole("button", { name: "Create" }).click();

  await page.getByRole("heading", { name: tenant.name }).waitFor();
  await page.getByTestId("stat-created").waitFor({ timeout: 60_000 });
  expect(await page.getByTestId("stat-created").textContent()).toBe("7");
  expect(await page.getByTestId("stat-errors").textContent()).toBe("0");
  await expect.poll(() => page.getByRole("tabpanel").getByRole("row").count(), { timeout: 20_000 }).toBe(8);
  await expectAccessible(page);

  await page.getByRole("button", { name: "Sync Workflows" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Sync Workflows" }).click();
  await expect.poll(() => page.getByTestId("stat-unchanged").textContent(), { timeout: 60_000 }).toBe("7");

  await page.getByRole("button", { name: "Delete", exact: true }).click();
  const dialog = page.getByRole("dialog");
  await expectAccessible(page);
  expect(await dialog.getByRole("button", { name: "Delete" }).isDisabled()).toBe(true);
  await dialog.getByLabel(/type the customer's name/).fill(tenant.name);
  await dialog.getByRole("button", { name: "Delete" }).click();
  await page.getByText(`${tenant.name} is being deleted.`).waitFor();
  expect(faults).toEqual([]);
});

test("the list filters by what stands in the address", async () => {
  const { page, faults } = await open();
  await signIn(page, "#/customers?name=nobody-is-called-so");

  await page.getByText("Nothing matches these filters.").waitFor();
  await expectAccessible(page);
  expect(faults).toEqual([]);
});
