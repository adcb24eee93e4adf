// Chromium, and what every test of a page does: open the panel, sign in, look for faults.

import AxeBuilder from "@axe-core/playwright";
import { chromium, type Browser, type Locator, type Page } from "playwright-core";
import { afterAll, beforeAll, expect, onTestFailed } from "vitest";

import { stack } from "./stack";

/** For a file of tests: a browser that is closed after them. What is returned opens pages in it, each of a session of its own. */
export function browserForTests(): (viewport?: { width: number; height: number }) => Promise<Watched> {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launch();
  });
  afterAll(async () => {
    await browser.close();
  });
  return (viewport) => open(browser, viewport);
}

async function launch(): Promise<Browser> {
  const executablePath = process.env.CHROMIUM;
  if (!executablePath) throw new Error("CHROMIUM must name the browser's program.");
  return chromium.launch({ executablePath, args: ["--no-sandbox"] });
}

/** A page, and what went wrong on it: uncaught errors, and what its content security policy refused. */
export interface Watched {
  readonly page: Page;
  readonly faults: string[];
}

/** A page that nobody is signed in to. Where its test fails, what it showed then is told. */
async function open(browser: Browser, viewport = { width: 1280, height: 900 }): Promise<Watched> {
  const context = await browser.newContext({ viewport, reducedMotion: "reduce" });
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  const faults: string[] = [];
  page.on("pageerror", (error) => faults.push(`uncaught: ${error.message}`));
  page.on("console", (message) => {
    if (/Content Security Policy|requires 'Trusted/i.test(message.text())) faults.push(message.text());
  });
  onTestFailed(async () => {
    console.error([page.url(), ...faults, await page.locator("body").innerText()].join("\n"));
  });
  return { page, faults };
}

/** Opens the panel and signs in at the user pool's page; ends on the page that was asked for. */
export async function signIn(page: Page, hash = "", name = stack.username, password = stack.password): Promise<void> {
  await page.goto(`${stack.panel_url}${hash}`);
  await giveCredentials(page, name, password);
  await page.getByRole("navigation").first().waitFor();
}

/** Fills in the user pool's page. */
export async function giveCredentials(page: Page, name = stack.username, password = stack.password): Promise<void> {
  await page.getByLabel("Username").fill(name);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
}

/** Goes to another page of the panel without loading it anew. */
export async function goTo(page: Page, hash: string): Promise<void> {
  await page.evaluate((to) => {
    window.location.hash = to;
  }, hash);
}

/** Waits for a list's first item: while it loads, a table has a row too, and columns that may go. */
export async function untilListed(place: Page | Locator): Promise<void> {
  await place.getByRole("row").getByRole("link").first().waitFor();
}

/** The tables that scroll sideways, by their texts. */
export async function sidewaysTables(page: Page): Promise<readonly string[]> {
  return page.evaluate(() =>
    [...document.querySelectorAll<HTMLElement>("div:has(> table)")]
      .filter(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth + 1)
      .map((place) => place.innerText.slice(0, 80)),
  );
}

/** Until nothing is wider than the window. */
export async function expectNoSideways(page: Page): Promise<void> {
  const overflow = () => page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  await expect.poll(overflow).toBeLessThanOrEqual(0);
}

/** On a phone Cloudscape gives its toolbar an attribute that means nothing there. No reader heeds it. */
const OF_THE_DESIGN_SYSTEM = /^aria-allowed-attr: <nav [^>]*aria-orientation="horizontal"/;

/** Nothing that keeps somebody out: no serious or critical violation. */
export async function expectAccessible(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  const serious = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
  const found = serious.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
  expect(found.filter((one) => !OF_THE_DESIGN_SYSTEM.test(one))).toEqual([]);
}
