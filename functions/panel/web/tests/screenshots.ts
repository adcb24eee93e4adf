// Pictures of every page and state of the panel on a bad morning, for people to look at: `make screenshots`.

import { mkdirSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";

import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";

import { call, jobs, waitForJob } from "./api";
import { browserForTests, giveCredentials, goTo, signIn } from "./browser";
import { makeMorning, type Morning, remove, type State } from "./morning";
import { signUp } from "./people";
import { stack } from "./stack";

const ROOT = new URL("../../../../", import.meta.url);
const PLACE = fileURLToPath(new URL(".local/screenshots/", ROOT));
/** The picture in the README. */
const COVER = fileURLToPath(new URL("docs/panel.png", ROOT));
const DESKTOP = { width: 1280, height: 900 };
/** Pictures of a page that does not come to rest, such as that of a running job. */
const MOST_TIMES = 8;
const PHONE = { width: 390, height: 844 };

interface Picture {
  readonly name: string;
  readonly place: string;
  /** The page's heading. */
  readonly title: string | RegExp;
  /** Pictures of it on a phone and in dark, too. */
  readonly isMain?: boolean;
  readonly prepare?: (page: Page) => Promise<unknown>;
}

const open = browserForTests();
const made: string[] = [];
let morning: Morning;
beforeAll(async () => {
  rmSync(PLACE, { recursive: true, force: true });
  mkdirSync(PLACE, { recursive: true });
  morning = await makeMorning("", made);
  console.log(`${made.length} customers made. The pictures go to ${PLACE}`);
});
afterAll(() => remove(made));

/** A page on a desktop that does not notice how it is photographed: for a moment its window is one pixel wide, a phone for the layout. */
async function openStill() {
  const opened = await open(DESKTOP);
  await opened.page.addInitScript(() => {
    window.addEventListener("resize", (event) => {
      if (window.innerWidth === 1) event.stopImmediatePropagation();
    });
  });
  return opened;
}

test("pages that an admin of these customers sees", { timeout: 600_000 }, async () => {
  const { admin } = morning;
  const { page } = await openStill();
  await signIn(page, "", admin.name, admin.password);
  await settled(page, "Dashboard");
  await page
    .getByText(/Invalid credentials/)
    .first()
    .waitFor();
  await page.getByText("Choose a bar to see its jobs.").waitFor();
  await page.screenshot({ path: COVER });
  console.log(COVER);
  const dryRun = await call("POST", `/v1/customers/${one("sound").id}/sync?dry_run=true`);
  await waitForJob(one("sound").id, "succeeded");
  await take(page, [
    ...pages(),
    ...Object.keys(morning.customers).map((state) => ({
      name: `customer-${state}`,
      place: `#/customers/${one(state as State).id}`,
      title: one(state as State).name,
      isMain: state === "refused" || state === "sound",
    })),
    ...(await jobPages()),
    { name: "job-dry-run", place: `#/jobs/${String(dryRun.job_id)}`, title: /Dry run/ },
    ...(await workflowPages()),
    ...forms(),
  ]);
  await page.route("**/v1/**", (route) => route.abort());
  await take(page, [{ name: "api-down", place: "#/customers?environment=sandbox", title: /^Customers/ }]);
});

test("pages that only a super admin sees", { timeout: 600_000 }, async () => {
  const { page } = await openStill();
  await signIn(page);
  await take(page, [
    { name: "access", place: "#/access", title: "Access", isMain: true },
    {
      name: "access-grant",
      place: "#/access",
      title: "Access",
      prepare: (on) => on.getByRole("button", { name: "Grant", exact: true }).click(),
    },
    { name: "form-new", place: "#/customers/new", title: "New customer", isMain: true },
    {
      name: "form-new-empty",
      place: "#/customers/new",
      title: "New customer",
      prepare: async (page) => {
        await page.getByRole("button", { name: "Create", exact: true }).click();
        await page.locator("[aria-invalid=true]").first().waitFor();
      },
    },
    {
      name: "form-edit-refused",
      place: `#/customers/${one("refused").id}/edit`,
      title: `Edit ${one("refused").name}`,
      prepare: async (page) => {
        await page.getByLabel("Zuora client secret").fill(one("refused").tenant.clientSecret);
        await page.getByRole("button", { name: "Test connection" }).click();
        await page.getByText("Connection failed").waitFor();
      },
    },
    {
      name: "form-help",
      place: `#/customers/${one("refused").id}/edit`,
      title: `Edit ${one("refused").name}`,
      prepare: (page) => page.getByRole("button", { name: /^Help: obtaining/ }).click(),
    },
    { name: "customer-access", place: `#/customers/${one("sound").id}?tab=access`, title: one("sound").name },
  ]);
  await page.route("**/v1/stats", async (route) => {
    const answer = await route.fetch();
    const stats = (await answer.json()) as { customers: object };
    await route.fulfill({ response: answer, json: { ...stats, customers: { ...stats.customers, total: 0 } } });
  });
  await page.reload();
  await take(page, [{ name: "dashboard-empty", place: "#/", title: "Dashboard", isMain: true }]);
});

test("pages that others see", { timeout: 600_000 }, async () => {
  const { viewer } = morning;
  const viewing = await openStill();
  await signIn(viewing.page, "", viewer.name, viewer.password);
  await take(viewing.page, [
    { name: "viewer-customer", place: `#/customers/${one("refused").id}`, title: one("refused").name },
    { name: "viewer-customers", place: "#/customers", title: /^Customers/ },
    { name: "viewer-held", place: `#/jobs/${await jobOf("held", "held")}`, title: "Sync" },
  ]);
  const person = await signUp();
  const { page } = await openStill();
  await page.goto(stack.panel_url);
  await page.getByLabel("Username").waitFor();
  await page.screenshot({ path: `${PLACE}sign-in.png` });
  await giveCredentials(page, person.name, person.password);
  await settled(page, /No access/);
  await take(page, [{ name: "no-access", place: "#/", title: /No access/, isMain: true }]);
});

function one(state: State) {
  const [first] = morning.customers[state];
  if (!first) throw new Error(`no customer is ${state}`);
  return first;
}

function pages(): Picture[] {
  return [
    { name: "dashboard", place: "#/", title: "Dashboard", isMain: true },
    { name: "customers", place: "#/customers", title: /^Customers/, isMain: true },
    { name: "customers-failing", place: "#/customers?health=failing", title: /^Customers/, isMain: true },
    { name: "customers-paused", place: "#/customers?health=paused", title: /^Customers/ },
    { name: "customers-name", place: "#/customers?name=energy", title: /^Customers/ },
    { name: "customers-none", place: "#/customers?name=nobody", title: /^Customers/ },
    { name: "workflows", place: "#/workflows", title: /^Workflows/, isMain: true },
    { name: "findings", place: "#/findings", title: "Findings", isMain: true },
    { name: "jobs", place: "#/jobs", title: /Jobs/, isMain: true },
    { name: "jobs-waiting", place: "#/jobs?state=queued,waiting", title: /Jobs/ },
    { name: "jobs-failed", place: "#/jobs?state=failed", title: /Jobs/, isMain: true },
    { name: "jobs-held", place: "#/jobs?awaiting_approval=true", title: /Jobs/ },
    { name: "failed", place: "#/failed", title: "Failed Jobs", isMain: true },
    { name: "operations", place: "#/operations", title: "Operations", isMain: true },
    { name: "audit", place: "#/audit", title: "Audit", isMain: true },
    { name: "help", place: "#/help", title: /^Help/, isMain: true },
    { name: "about", place: "#/about", title: "About" },
    { name: "not-found", place: "#/nothing", title: "Page not found" },
  ];
}

/** The newest job of the customer in that state. */
async function jobOf(state: State, job: string): Promise<string> {
  const [newest] = (await jobs(one(state).id, job)) as { id: string }[];
  return newest?.id ?? "";
}

async function jobPages(): Promise<Picture[]> {
  const wanted = [
    ["refused", "failed"],
    ["forbidden", "failed"],
    ["down", "waiting"],
    ["held", "held"],
    ["incomplete", "incomplete"],
    ["waiting", "waiting"],
    ["running", "running"],
    ["changed", "succeeded"],
  ] as const;
  return Promise.all(
    wanted.map(async ([of, job]) => ({
      name: `job-${job}-${of}`,
      place: `#/jobs/${await jobOf(of, job)}`,
      title: /Sync/,
      isMain: job === "failed" || job === "held",
    })),
  );
}

/** Every tab of the workflow of 300 tasks, and workflows of odd names. */
async function workflowPages(): Promise<Picture[]> {
  const large = await workflow("large", "Quarter close");
  const changed = await workflow("changed", "Nightly dunning, renamed");
  const long = await workflow("odd", "Société");
  return [
    { name: "workflow-graph", ...changed, isMain: true },
    ...["tasks", "definition", "changes"].map((tab) => ({
      ...changed,
      name: `workflow-${tab}`,
      place: `${changed.place}?tab=${tab}`,
    })),
    { name: "workflow-300-tasks", ...large },
    { name: "workflow-300-tasks-list", ...large, place: `${large.place}?tab=tasks` },
    { name: "workflow-long-name", ...long },
    ...["jobs", "changes", "audit"].map((tab) => ({
      name: `customer-changed-${tab}`,
      place: `#/customers/${one("changed").id}?tab=${tab}`,
      title: one("changed").name,
    })),
  ];
}

async function workflow(of: State, name: string): Promise<{ place: string; title: RegExp }> {
  const { id } = one(of);
  const found = await call("GET", `/v1/customers/${id}/workflows?name=${encodeURIComponent(name)}`);
  const [first] = found.items as { zuora_id: string }[];
  return { place: `#/customers/${id}/workflows/${first?.zuora_id}`, title: new RegExp(name) };
}

function forms(): Picture[] {
  const press = (button: string) => (page: Page) => page.getByRole("button", { name: button, exact: true }).first().click();
  return [
    { name: "dialog-sync", place: `#/customers/${one("sound").id}`, title: one("sound").name, prepare: press("Sync Workflows") },
    { name: "dialog-delete", place: `#/customers/${one("sound").id}`, title: one("sound").name, prepare: press("Delete") },
  ];
}

/** Takes pictures of them, one after another; fails in the end if some could not be taken. */
async function take(page: Page, pictures: readonly Picture[]): Promise<void> {
  const missing: string[] = [];
  for (const picture of pictures) {
    await takeOne(page, picture).catch((error: unknown) => missing.push(`${picture.name}: ${String(error)}`));
  }
  // At the end, because a phone closes the navigation, which stays closed.
  await page.setViewportSize(PHONE);
  for (const picture of pictures.filter(({ isMain }) => isMain)) {
    const phone = { ...picture, name: `${picture.name}-phone`, isMain: false };
    await takeOne(page, phone).catch((error: unknown) => missing.push(`${phone.name}: ${String(error)}`));
  }
  await page.setViewportSize(DESKTOP);
  expect(missing).toEqual([]);
}

async function takeOne(page: Page, { name, place, title, isMain, prepare }: Picture): Promise<void> {
  // The page is a new one, even where only a filter differs.
  await goTo(page, "#/nothing");
  await settled(page, /^(Page not found|No access)/);
  await goTo(page, place);
  await settled(page, title);
  await prepare?.(page);
  await shoot(page, name);
  if (!isMain) return;
  await page.emulateMedia({ colorScheme: "dark" });
  await shoot(page, `${name}-dark`);
  await page.emulateMedia({ colorScheme: "light" });
}

/** Takes the picture as soon as two in a row are equal. */
async function shoot(page: Page, name: string): Promise<void> {
  await page.getByText("Loading").first().waitFor({ state: "hidden" });
  await page.locator("main [class*=awsui_rotator]").first().waitFor({ state: "detached" });
  await page.evaluate(() => window.scrollTo(0, 0));
  const path = `${PLACE}${name}.png`;
  let before: Buffer = Buffer.alloc(0);
  for (let times = 0; times < MOST_TIMES; times += 1) {
    const now = await page.screenshot({ path, fullPage: true, animations: "disabled" });
    if (now.equals(before)) break;
    before = now;
  }
  console.log(`${name}.png`);
}

/** Until the page is there, and all that it asked for. */
async function settled(page: Page, title: string | RegExp): Promise<void> {
  await page.getByRole("heading", { level: 1, name: title }).first().waitFor();
  await page.locator("main [class*=awsui_rotator]").first().waitFor({ state: "detached" });
}
