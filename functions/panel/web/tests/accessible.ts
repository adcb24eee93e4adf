// Every page on a bad morning, in both color schemes, on a desktop and on a phone.

import type { Page } from "playwright-core";
import { expect, test } from "vitest";

import { call, jobs } from "./api";
import { browserForTests, expectAccessible, goTo, signIn } from "./browser";
import { morningForTests, type State } from "./morning";

const open = browserForTests();
const morning = morningForTests();

/** Addresses of pages and states with their headings. The lists are short ones: what is looked at takes its time for each row. */
async function places(): Promise<readonly (readonly [string, string | RegExp])[]> {
  const { customers } = morning();
  const one = (state: State) => {
    const [first] = customers[state];
    if (!first) throw new Error(`no customer is ${state}`);
    return first;
  };
  const ofCustomer = (state: State, rest = "") => [`#/customers/${one(state).id}${rest}`, one(state).name] as const;
  const ofJob = async (state: State, job: string) => {
    const [newest] = (await jobs(one(state).id, job)) as { id: string }[];
    return [`#/jobs/${newest?.id}`, /Sync/] as const;
  };
  const found = (await call("GET", `/v1/customers/${one("odd").id}/workflows?name=Relance`)).items as { zuora_id: string }[];
  const workflow = `#/customers/${one("odd").id}/workflows/${found[0]?.zuora_id}`;
  return [
    ["#/", "Dashboard"],
    [`#/customers?name=${one("refused").name.split(" ")[0]}&health=held,failing,never_synced`, /^Customers/],
    ["#/customers?name=nobody", /^Customers/],
    ["#/customers/new", "New customer"],
    [`#/customers/${one("sound").id}/edit`, /^Edit/],
    ofCustomer("refused"),
    ofCustomer("held"),
    ofCustomer("running"),
    ...["jobs", "changes", "access", "audit"].map((tab) => ofCustomer("changed", `?tab=${tab}`)),
    await ofJob("refused", "failed"),
    await ofJob("held", "held"),
    await ofJob("incomplete", "incomplete"),
    await ofJob("running", "running"),
    ...["graph", "tasks", "findings", "definition", "uses", "history", "changes"].map(
      (tab) => [`${workflow}?tab=${tab}`, /Relance/] as const,
    ),
    ["#/workflows?name=Relance", /^Workflows/],
    ["#/search?q=Relance&kind=text", "Search"],
    [`#/findings?customer_id=${one("odd").id}`, "Findings"],
    [`#/compare?left=${one("odd").id}&right=${one("sound").id}&show=all`, "Compare"],
    [`#/jobs?customer_id=${one("refused").id}`, /Jobs/],
    ["#/failed", "Failed Jobs"],
    ["#/operations", "Operations"],
    ["#/audit?action=customer.update", "Audit"],
    ["#/access", "Access"],
    ["#/help", /^Help/],
    ["#/about", "About"],
    ["#/nothing", "Page not found"],
  ];
}

test("no page keeps anybody out, in either color scheme, on a desktop or a phone", { timeout: 600_000 }, async () => {
  const { page, faults } = await open();
  await signIn(page);
  const wrong: string[] = [];
  for (const [place, title] of await places()) {
    await page.setViewportSize({ width: 1280, height: 844 });
    await show(page, place, title);
    for (const width of [1280, 390]) {
      await page.setViewportSize({ width, height: 844 });
      for (const colorScheme of ["light", "dark"] as const) {
        await page.emulateMedia({ colorScheme });
        const where = `${place}, ${colorScheme}, ${width} pixels`;
        await expectAccessible(page).catch((error: Error) => wrong.push(`${where}: ${error.message}`));
      }
    }
  }
  expect([...wrong, ...faults]).toEqual([]);
});

async function show(page: Page, place: string, title: string | RegExp): Promise<void> {
  await goTo(page, "#/nothing");
  await page.getByRole("heading", { level: 1, name: "Page not found" }).waitFor();
  await goTo(page, place);
  await page.getByRole("heading", { level: 1, name: title }).first().waitFor();
  await page.getByText("Loading").first().waitFor({ state: "hidden" });
}
