import type { Page } from "playwright-core";
import { beforeAll, expect, test } from "vitest";

import { call, createCustomer, waitForSync } from "./api";
import { browserForTests, expectAccessible, signIn } from "./browser";
import { control, createTenant } from "./zuora";

const open = browserForTests();
let workflow: string;
let tasks: readonly { readonly id: string; readonly name: string }[];
beforeAll(async () => {
  const tenant = await createTenant(0);
  await control("POST", `tenants/${tenant.name}/workflows`, { name: "Large", tasks: 300 });
  const customer = await createCustomer(tenant);
  await waitForSync(customer);
  const [large] = (await call("GET", `/v1/customers/${customer}/workflows`)).items as { zuora_id: string }[];
  workflow = `#/customers/${customer}/workflows/${large?.zuora_id}`;
  const path = `/v1/customers/${customer}/workflows/${large?.zuora_id}/tasks`;
  tasks = (await call("GET", path)).items as typeof tasks;
});

/** Only what lies in the graph's own frame. */
async function isInView(page: Page, selector: string): Promise<boolean> {
  const frame = await page.locator(".graph").boundingBox();
  const box = await page.locator(selector).boundingBox();
  if (!frame || !box) return false;
  return box.x >= frame.x && box.x + box.width <= frame.x + frame.width && box.y >= frame.y;
}

test("a task far away is found by its name, brought into view and marked; Enter goes on to the next", async () => {
  const { page, faults } = await open();
  await signIn(page, workflow);
  const field = page.getByRole("searchbox", { name: "Find a task by name" });
  await field.fill("INVOICE");
  const total = Number.parseInt(await page.getByRole("status").filter({ hasText: "found" }).innerText());
  expect(total).toBe(tasks.filter(({ name }) => name.toLowerCase().includes("invoice")).length);

  const names = new Set<string>();
  for (let match = 1; match <= 3; match += 1) {
    await field.press("Enter");
    await page.getByText(`${match} of ${total}`).waitFor();
    await expect.poll(() => isInView(page, ".graph-task.current")).toBe(true);
    names.add(await page.locator(".graph-task.current strong").innerText());
  }
  expect(names.size).toBe(3);
  await field.press("Shift+Enter");
  await page.getByText(`2 of ${total}`).waitFor();
  await field.fill("no such task");
  await page.getByText("Nothing found").waitFor();
  expect(faults).toEqual([]);
});

test("every task is a stop of the Tab key; Enter or Space opens it, and Escape gives the focus back", async () => {
  const { page, faults } = await open();
  await signIn(page, workflow);
  const focused = page.locator(":focus");
  await page.locator(".react-flow__node[role=button]").first().focus();

  for (let stop = 0; stop < 12; stop += 1) {
    await page.keyboard.press("Tab");
    expect(await focused.getAttribute("role")).toBe("button");
  }
  await expect.poll(() => isInView(page, ".react-flow__node:focus")).toBe(true);
  expect(await focused.locator(".graph-task").evaluate((task) => getComputedStyle(task).outlineStyle)).toBe("dashed");
  const id = await focused.getAttribute("data-id");
  const name = tasks.find((task) => task.id === id)?.name ?? "";
  for (const key of ["Enter", "Space"]) {
    await page.keyboard.press(key);
    await page.getByRole("region", { name }).getByText("Action", { exact: true }).waitFor();
    expect(await page.locator(".react-flow__node.selected").getAttribute("data-id")).toBe(id);
    await expect.poll(() => focused.getAttribute("data-id")).not.toBe(id);
    await page.keyboard.press("Escape");
    await page.getByRole("region", { name }).waitFor({ state: "detached" });
    await expect.poll(() => focused.getAttribute("data-id")).toBe(id);
  }
  expect(faults).toEqual([]);
});

test("a task leads from the list to the graph and back, and the address keeps it", async () => {
  const { page, faults } = await open();
  const task = tasks.at(-1);
  if (!task) throw new Error("no task");
  await signIn(page, `${workflow}?tab=tasks`);
  const panel = page.getByRole("region", { name: task.name });

  await page.getByRole("button", { name: "Page 3" }).click();
  await page.getByRole("button", { name: `Show ${task.name} in graph` }).click();
  await expect.poll(() => page.url()).toContain(`?tab=graph&task=${task.id}`);
  await expect.poll(() => isInView(page, ".react-flow__node.selected")).toBe(true);
  await page.reload();
  await panel.waitFor();
  await expect.poll(() => isInView(page, ".react-flow__node.selected")).toBe(true);

  await panel.getByRole("button", { name: "Show in list" }).click();
  const row = page.getByRole("row").filter({ has: page.getByRole("radio", { checked: true }) });
  await row.getByRole("button", { name: task.name, exact: true }).waitFor();
  const nameWidth = await row.getByRole("rowheader").evaluate((cell) => cell.getBoundingClientRect().width);
  expect(nameWidth, "room for a name beside the panel").toBeGreaterThanOrEqual(200);
  await expectAccessible(page);
  await page.getByRole("link", { name: "Help" }).click();
  await page.getByRole("heading", { level: 1, name: "Help" }).waitFor();
  await page.goBack();
  await panel.waitFor();
  await row.waitFor();
  expect(faults).toEqual([]);
});

test("a graph that is wider than the page stays readable at its start, and visible as far as it is zoomed out", async () => {
  const { page, faults } = await open();
  await signIn(page, workflow);
  const heightOf = async () => (await page.locator(".graph-task").first().boundingBox())?.height ?? 0;
  await page.locator(".graph-begin").first().waitFor();
  await expect.poll(() => isInView(page, ".react-flow__node[data-id=start]")).toBe(true);
  expect(await heightOf(), "pixels at the start").toBeGreaterThan(40);

  await page.getByRole("button", { name: "Fit" }).click();
  await expect.poll(heightOf).toBeLessThan(20);
  expect(await heightOf(), "pixels of a task").toBeGreaterThan(10);
  await page.getByRole("img", { name: "Map of the graph" }).waitFor();
  expect(faults).toEqual([]);
});
