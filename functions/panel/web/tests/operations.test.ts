import { expect, test } from "vitest";

import { browserForTests, expectAccessible, goTo, signIn } from "./browser";
import { signUp } from "./people";
import { call, createCustomer } from "./api";
import { createTenant } from "./zuora";

const open = browserForTests();

test("whoever is called by an alarm sees the queues, the steps, and the pages that these name", async () => {
  const { page, faults } = await open();
  await signIn(page, "#/operations?section=nosyncalarm");

  await page.getByRole("heading", { name: "NoSyncAlarm" }).waitFor();
  await expect.poll(() => page.evaluate(() => document.activeElement?.textContent)).toBe("NoSyncAlarm");
  await page.getByText(/^About \d+ messages$/).waitFor();
  for (const label of ["Queued", "Running", "Last scheduled sync", "Sweeper"])
    await page.getByText(label, { exact: true }).waitFor();
  expect(await page.getByRole("heading", { level: 1 }).count()).toBe(1);
  await expectAccessible(page);
  await page.getByRole("main").getByRole("link", { name: "Failed Jobs" }).first().click();
  await page.getByRole("heading", { level: 1, name: /Failed Jobs/ }).waitFor();
  expect(faults).toEqual([]);
});

test("who may view one customer sees what concerns it, and nothing of the queue", async () => {
  const customer = await createCustomer(await createTenant(1));
  const person = await signUp();
  await call("PUT", `/v1/customers/${customer}/grants/${person.sub}`, { role: "viewer" });
  const { page } = await open();
  await signIn(page, "#/operations", person.name, person.password);

  await page.getByText("Last scheduled sync").waitFor();
  expect(await page.getByText(/^About \d+ messages$/).count()).toBe(0);
  await goTo(page, "#/failed");
  await page.getByText("No failed jobs.").waitFor();
});
