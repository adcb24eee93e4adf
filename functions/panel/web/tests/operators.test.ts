import { readFile } from "node:fs/promises";

import { expect, test } from "vitest";

import { createCustomer, waitForSync } from "./api";
import { goTo, signIn, browserForTests } from "./browser";
import { control, createTenant } from "./zuora";

const open = browserForTests();

test("the workflows that the filters show are saved, as a table in which no name is a formula", async () => {
  const tenant = await createTenant(3);
  await control("POST", `tenants/${tenant.name}/workflows`, { name: '=HYPERLINK("http://evil.example","click")' });
  const customer = await createCustomer(tenant);
  await waitForSync(customer);
  const { page } = await open();
  await signIn(page, `#/customers/${customer}`);

  const saved = page.waitForEvent("download");
  await page.getByRole("button", { name: "Export" }).click();
  await page.getByRole("menuitem", { name: /CSV/ }).click();
  const download = await saved;
  expect(download.suggestedFilename()).toBe(`workflows-${customer}.csv`);
  const lines = (await readFile(await download.path(), "utf8")).trim().split("\r\n");
  expect(lines.length).toBe(5);
  expect(lines.some((line) => line.includes(`"'=HYPERLINK(""http://evil.example"",""click"")"`))).toBe(true);

  await goTo(page, `#/customers/${customer}?name=${encodeURIComponent("=hyper")}`);
  await expect.poll(() => page.getByRole("tabpanel").getByRole("rowheader").count()).toBe(1);
  const other = page.waitForEvent("download");
  await page.getByRole("button", { name: "Export" }).click();
  await page.getByRole("menuitem", { name: "JSON" }).click();
  const items = JSON.parse(await readFile(await (await other).path(), "utf8")) as { name: string }[];
  expect(items.map(({ name }) => name)).toEqual(['=HYPERLINK("http://evil.example","click")']);
});
