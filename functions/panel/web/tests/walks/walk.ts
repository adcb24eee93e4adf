// What a person does on the way to what they want: every click and every field typed into is counted, and the time is taken.

import type { Locator, Page } from "playwright-core";
import { expect } from "vitest";

export interface Walk {
  /** Clicks, or taps on a phone. */
  readonly click: (what: Locator) => Promise<void>;
  /** Types into a field; one action, however long the text. */
  readonly type: (into: Locator, text: string) => Promise<void>;
  /** Presses a key. */
  readonly press: (key: string) => Promise<void>;
}

/** Walks, prints how far it was, and holds it to at most so many actions. */
export async function walk(who: string, page: Page, atMost: number, steps: (walk: Walk) => Promise<void>): Promise<void> {
  let actions = 0;
  const began = performance.now();
  const tell = (end: string) => {
    const seconds = ((performance.now() - began) / 1000).toFixed(1);
    console.log(`walk: ${who}, ${actions} clicks, ${seconds} s${end}`);
  };
  try {
    await steps({
      click: async (what) => {
        actions += 1;
        await what.click();
      },
      type: async (into, text) => {
        actions += 1;
        await into.fill(text);
      },
      press: async (key) => {
        actions += 1;
        await page.keyboard.press(key);
      },
    });
  } catch (error) {
    tell(", and did not get there");
    throw error;
  }
  tell("");
  expect(actions, `${who}: actions`).toBeLessThanOrEqual(atMost);
}

/** What is called so and can be pressed, whether it is a button, a link or an item of a menu. */
export function named(where: Page | Locator, name: string | RegExp): Locator {
  const exact = typeof name === "string" ? { name, exact: true } : { name };
  return where
    .getByRole("button", exact)
    .or(where.getByRole("link", exact))
    .or(where.getByRole("menuitem", exact))
    .filter({ visible: true })
    .first();
}

/** A page in the navigation, whatever number stands beside its name. */
export function inNavigation(page: Page, name: string): Locator {
  return page
    .getByRole("navigation")
    .getByRole("link", { name: new RegExp(`^${name}\\b`) })
    .first();
}

/** Presses a key until the focus is there. */
export async function pressTo({ press }: Walk, key: string, wanted: Locator): Promise<void> {
  await wanted.waitFor();
  for (let times = 0; times < 80; times += 1) {
    if (await wanted.evaluate((element) => element === document.activeElement)) return;
    await press(key);
  }
  throw new Error(`${key} does not lead there`);
}

/** Fails unless it can be read without scrolling sideways. */
export async function fits(page: Page, what: Locator): Promise<void> {
  await what.waitFor();
  const box = await what.boundingBox();
  const width = page.viewportSize()?.width ?? 0;
  expect(box && box.x >= 0 && box.x + box.width <= width, `${await what.innerText()} lies beside the screen`).toBe(true);
}
