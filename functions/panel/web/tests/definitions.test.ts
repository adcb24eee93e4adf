import { readFile } from "node:fs/promises";

import type { Page, Route } from "playwright-core";
import { beforeAll, expect, test } from "vitest";

import { call, createCustomer, waitForSync } from "./api";
import { expectAccessible, signIn, browserForTests } from "./browser";
import { control, createTenant } from "./zuora";

const open = browserForTests();
let workflow: string;
let large: string;
beforeAll(async () => {
  const tenant = await createTenant(0);
  await control("POST", `tenants/${tenant.name}/workflows`, { name: "Small", tasks: 3 });
  await control("POST", `tenants/${tenant.name}/workflows`, { name: "Large", tasks: 300 });
  const customer = await createCustomer(tenant);
  await waitForSync(customer);
  const found = (await call("GET", `/v1/customers/${customer}/workflows`)).items as { name: string; zuora_id: string }[];
  const addressOf = (name: string) => `#/customers/${customer}/workflows/${found.find((one) => one.name === name)?.zuora_id}`;
  workflow = addressOf("Small");
  large = addressOf("Large");
});

const DEFINITION = /\/definition(\?part=\d)?$/;
const ODD = `\uFEFF{"tasks":[],"linkages":[],"b":9007199254740993,"2":100.00,"1":1e400,"a":"é\u{1F600}"}\n`;

async function downloaded(page: Page): Promise<string> {
  const download = page.waitForEvent("download");
  await page.getByRole("button", { name: "Download" }).click();
  return readFile(await (await download).path(), "utf8");
}

test("a definition is shown, copied and downloaded with its numbers and its order, byte for byte", async () => {
  const { page, faults } = await open();
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  await page.route(DEFINITION, (route) => route.fulfill({ contentType: "application/json", body: ODD }));
  await signIn(page, workflow);

  await page.getByRole("tab", { name: "Definition" }).click();
  await page.getByText('"b": 9007199254740993').waitFor();
  const shown = await page.getByRole("textbox", { name: "Definition" }).innerText();
  expect(shown.match(/9007199254740993|100\.00|1e400/g)).toEqual(["9007199254740993", "100.00", "1e400"]);
  expect(await downloaded(page)).toBe(ODD);
  await page.getByRole("button", { name: "Copy" }).click();
  await page.getByText("Copied").waitFor();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(ODD);
  expect(faults).toEqual([]);
});

test(
  "the definition of 300 tasks is there at once, and all of it can be found, copied and reached with the keyboard",
  { retry: 2 },
  async () => {
    const { page, faults } = await open();
    await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
    await signIn(page, `${large}?tab=tasks`);
    await page.getByRole("tabpanel").getByRole("row").nth(50).waitFor();

    const { shownAfter, longestTask } = await openTab(page, "Definition", '"linkages"');
    expect(shownAfter, "milliseconds from the click to the text").toBeLessThan(500);
    expect(longestTask, "milliseconds for which the page stood still").toBeLessThan(100);
    expect(await page.getByRole("tabpanel").locator("*").count(), "elements").toBeLessThan(1_000);
    await expectAccessible(page);

    const exported = await downloaded(page);
    const { tasks } = JSON.parse(exported) as { tasks: { name: string }[] };
    const last = `"name": ${JSON.stringify(tasks.at(-1)?.name)}`;
    await page.getByRole("textbox", { name: "Definition" }).press("Control+f");
    await page.keyboard.type(last);
    const total = await page
      .getByRole("status")
      .filter({ hasText: /found$/ })
      .innerText();
    await page.keyboard.press("Shift+Enter");
    await page.locator(".cm-searchMatch-selected", { hasText: last }).waitFor();
    expect(await page.getByRole("status").filter({ hasText: / of / }).innerText()).toBe(total.replace(/(\d+) found/, "$1 of $1"));
    await page.getByRole("button", { name: "Copy" }).click();
    await page.getByText("Copied").waitFor();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(exported);
    const { longestTask: leaving } = await openTab(page, "Changes", "Created");
    expect(leaving, "milliseconds for which leaving it took").toBeLessThan(100);
    expect(faults).toEqual([]);
  },
);

/** Chooses a tab, and measures in the page how long it takes until the text is there. */
async function openTab(page: Page, name: string, text: string): Promise<{ shownAfter: number; longestTask: number }> {
  await page.getByRole("tab", { name }).evaluate((tab) => tab.scrollIntoView());
  return page.evaluate(
    async ([wanted = "", looked = ""]) => {
      let longestTask = 0;
      const observer = new PerformanceObserver((list) => {
        for (const { duration } of list.getEntries()) longestTask = Math.max(longestTask, duration);
      });
      observer.observe({ type: "longtask" });
      const isThere = () =>
        [...document.querySelectorAll<HTMLElement>("[role=tabpanel], .code")].some((place) =>
          (place.shadowRoot ?? place).textContent?.includes(looked),
        );
      const begin = performance.now();
      [...document.querySelectorAll<HTMLElement>("[role=tab]")].find((tab) => tab.textContent?.includes(wanted))?.click();
      const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
      while (!isThere() && performance.now() - begin < 20_000) await frame();
      await frame();
      const shownAfter = Math.round(performance.now() - begin);
      // Entries are delivered when the page is idle.
      await new Promise((resolve) => requestIdleCallback(resolve));
      await frame();
      observer.disconnect();
      return { shownAfter, longestTask };
    },
    [name, text],
  );
}

test("a definition that comes in parts is put together, and the page tells how far it is", async () => {
  const parts = [ODD.slice(0, 30), ODD.slice(30, 60), ODD.slice(60)];
  const { page, faults } = await open();
  let goOn = () => {};
  const seen = new Promise<void>((resolve) => (goOn = resolve));
  await page.route(DEFINITION, async (route: Route) => {
    const part = Number(new URL(route.request().url()).searchParams.get("part"));
    if (part === 0) return route.fulfill(tooLarge(parts.length));
    if (part === 2) await seen;
    const headers = { etag: '"a"', "definition-parts": `${parts.length}` };
    return route.fulfill({ headers, contentType: "text/plain; charset=utf-8", body: parts[part - 1] ?? "" });
  });
  await signIn(page, workflow);

  await page.getByText("part 2 of 3").waitFor();
  await expectAccessible(page);
  goOn();
  await page.getByRole("tab", { name: "Definition" }).click();
  expect(await downloaded(page)).toBe(ODD);
  expect(faults).toEqual([]);
});

function tooLarge(parts: number) {
  const body = {
    type: "/problems/too-large",
    title: "Too large",
    status: 413,
    detail: "Ask for its parts.",
    instance: "id",
    parts,
  };
  return { status: 413, contentType: "application/problem+json", body: JSON.stringify(body) };
}

test("a graph of 5,000 tasks in a row is not drawn, and says so; everything else is there", async () => {
  const tasks = Array.from({ length: 5_000 }, (_, id) => ({ id: id + 1, name: `T${id}`, action_type: "Callout" }));
  const linkages = tasks.slice(1).map(({ id }) => ({ source_task_id: id - 1, target_task_id: id, linkage_type: "Success" }));
  const { page, faults } = await open();
  await page.route(DEFINITION, (route) => route.fulfill({ json: { workflow: {}, tasks, linkages } }));
  await page.route(/\/tasks$/, (route) => {
    const items = tasks.map(({ id, ...task }) => ({ id: `${id}`, ...task, parameters: {}, tags: [] }));
    return route.fulfill({ json: { items, next_cursor: null, total: items.length } });
  });
  await signIn(page, workflow);

  await page.getByText("It has 5,000 nodes.").waitFor();
  await page.getByRole("tab", { name: /^Tasks/ }).click();
  await page.getByRole("button", { name: "Page 50" }).click();
  await page.getByRole("button", { name: "T4999", exact: true }).click();
  await page.getByRole("region", { name: "T4999" }).getByText("Callout").first().waitFor();
  await page.getByRole("tab", { name: "Definition" }).click();
  await page.getByText('"name": "T0",').waitFor();
  await expectAccessible(page);
  expect(faults).toEqual([]);
});

test("a graph that fails takes nothing else of the page with it", async () => {
  const { page } = await open();
  await page.route(/\/panel\/GraphView[^/]*\.js$/, (route) => route.abort());
  await signIn(page, workflow);

  await page.getByText("This graph cannot be drawn").waitFor();
  await expectAccessible(page);
  await page.getByRole("tab", { name: /^Tasks/ }).click();
  await page.getByRole("tabpanel").getByRole("row").nth(3).waitFor();
  await page.getByRole("tab", { name: "Definition" }).click();
  await page.getByText('"linkages"').waitFor();
});
