// Requests of an open panel. Minutes pass by the page's own clock.

import type { Page } from "playwright-core";
import { expect, test } from "vitest";

import { createCustomer, jobs, waitForSync } from "./api";
import { goTo, signIn, browserForTests } from "./browser";
import { createTenant } from "./zuora";

const open = browserForTests();
const MINUTE_MS = 60_000;
const STEP_MS = 5_000;

interface Traffic {
  asked: string[];
  unanswered: number;
}
type Watched = Window & { traffic: Traffic };

/** Records the API paths that the page requests, and the number of unanswered requests. */
async function watch(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const traffic: Traffic = { asked: [], unanswered: 0 };
    (window as unknown as Watched).traffic = traffic;
    const real = window.fetch.bind(window);
    window.fetch = async (...sent) => {
      const [, path] = new Request(...sent).url.split("/v1/");
      if (path !== undefined) traffic.asked.push(`/v1/${path}`);
      traffic.unanswered += 1;
      try {
        return await real(...sent);
      } finally {
        traffic.unanswered -= 1;
      }
    };
  });
}

/** The requests since the last call. */
function asked(page: Page): Promise<readonly string[]> {
  return page.evaluate(() => (window as unknown as Watched).traffic.asked.splice(0));
}

async function settled(page: Page): Promise<void> {
  const unanswered = () => page.evaluate(() => (window as unknown as Watched).traffic.unanswered);
  await expect.poll(unanswered, { timeout: 20_000 }).toBe(0);
}

/** Lets minutes pass on the page and returns the requests; each is answered before the next seconds pass. */
async function pass(page: Page, minutes: number): Promise<readonly string[]> {
  await settled(page);
  await asked(page);
  for (let passed = 0; passed < minutes * MINUTE_MS; passed += STEP_MS) {
    await page.clock.runFor(STEP_MS);
    await settled(page);
  }
  return asked(page);
}

/** Hides or shows the tab. */
async function look(page: Page, state: "hidden" | "visible"): Promise<void> {
  await page.evaluate((wanted) => {
    Object.defineProperty(document, "visibilityState", { value: wanted, configurable: true });
    document.dispatchEvent(new Event("visibilitychange", { bubbles: true }));
  }, state);
}

test("an open dashboard asks for its numbers once a minute, for nothing while it is hidden, and at once when it is looked at again", async () => {
  // Without a customer, the dashboard shows the first steps instead.
  await waitForSync(await createCustomer(await createTenant(1)));
  const { page, faults } = await open();
  await watch(page);
  await page.clock.install();
  await signIn(page);
  await page.getByRole("heading", { name: "Needs you" }).waitFor();

  const seen = await pass(page, 4);
  expect(seen.length, seen.join("\n")).toBeLessThanOrEqual(12);
  for (const path of ["/v1/stats", "/v1/attention"]) {
    expect(seen.filter((one) => one === path).length, path).toBeGreaterThanOrEqual(3);
  }
  expect(seen.some((path) => path.startsWith("/v1/jobs"))).toBe(false);

  await look(page, "hidden");
  expect(await pass(page, 3)).toEqual([]);
  await look(page, "visible");
  await expect.poll(() => asked(page)).toContain("/v1/stats");
  expect(faults).toEqual([]);
});

test("the chart of the last day is drawn from what the API counted", async () => {
  const { page, faults } = await open();
  const none = { succeeded: 0, incomplete: 0, held: 0, failed: 0, cancelled: 0 };
  await page.route("**/v1/stats", async (route) => {
    const answer = await route.fetch();
    const stats = (await answer.json()) as Record<string, unknown>;
    const jobs_by_hour = [
      { ...none, hour: "2026-11-26T09:00:00Z", succeeded: 3 },
      { ...none, hour: "2026-11-26T10:00:00Z", succeeded: 5, failed: 2 },
    ];
    await route.fulfill({ response: answer, json: { ...stats, jobs_by_hour } });
  });
  await signIn(page);

  await page.getByRole("application", { name: "Syncs in the last 24 hours, by hour and outcome" }).waitFor();
  const outcomes = page.getByRole("toolbar", { name: "Legend" }).getByRole("button");
  await expect.poll(() => outcomes.allInnerTexts()).toEqual(["Succeeded", "Failed"]);
  expect(faults).toEqual([]);
});

test("jobs are looked at again every quarter of a minute while one is under way, and once a minute otherwise", async () => {
  const customer = await createCustomer(await createTenant(1));
  await waitForSync(customer);
  const { page, faults } = await open();
  let state = "succeeded";
  await page.route("**/v1/jobs?*", async (route) => {
    const answer = await route.fetch();
    const list = (await answer.json()) as { items: Record<string, unknown>[] };
    await route.fulfill({ response: answer, json: { ...list, items: list.items.map((job) => ({ ...job, state })) } });
  });
  await watch(page);
  await page.clock.install();
  await signIn(page, `#/jobs?customer_id=${customer}`);
  await page.getByRole("row").nth(1).waitFor();
  const lists = async (minutes: number) => (await pass(page, minutes)).filter((path) => path.startsWith("/v1/jobs?")).length;

  const calm = await lists(4);
  expect([3, 4, 5]).toContain(calm);
  state = "running";
  await lists(1);
  const live = await lists(4);
  expect(live).toBeGreaterThanOrEqual(14);
  expect(live).toBeLessThanOrEqual(17);
  expect(faults).toEqual([]);
});

test("a list goes on behind pages that show nothing, and says so where it stops", async () => {
  const customer = await createCustomer(await createTenant(1));
  await waitForSync(customer);
  const { page, faults } = await open();
  let empty = 3;
  await page.route("**/v1/jobs?*", async (route) => {
    const url = new URL(route.request().url());
    if (empty > 0) {
      empty -= 1;
      return route.fulfill({ json: { items: [], next_cursor: `skipped-${empty}` } });
    }
    url.searchParams.delete("cursor");
    return route.fulfill({ response: await route.fetch({ url: url.href }) });
  });
  await signIn(page, `#/jobs?customer_id=${customer}`);

  // The first row says that the list is being read.
  await expect.poll(() => empty, { timeout: 20_000 }).toBe(0);
  await page.getByRole("row").nth(1).waitFor();
  empty = Number.POSITIVE_INFINITY;
  await goTo(page, `#/jobs?customer_id=${customer}&error_class=bug`);
  await page.getByText("Nothing found yet. The search continues on the next page.").waitFor();
  expect(await page.getByRole("button", { name: "Next page" }).isDisabled()).toBe(false);
  expect(faults).toEqual([]);
});

test("a job says how many requests were in flight, and how often Zuora slowed it down", async () => {
  const customer = await createCustomer(await createTenant(3));
  await waitForSync(customer);
  const [job] = (await jobs(customer, "succeeded")) as readonly { id: string }[];
  const { page, faults } = await open();
  await signIn(page, `#/jobs/${job?.id}`);

  await page.getByRole("columnheader", { name: "Most concurrent requests" }).waitFor();
  await page.getByRole("columnheader", { name: "Throttled by Zuora" }).waitFor();
  expect(faults).toEqual([]);
});
