// What a workflow uses, and who runs it.

import { randomUUID } from "node:crypto";

import { beforeAll, expect, test } from "vitest";

import { createCustomer, waitForSync } from "./api";
import { browserForTests, expectAccessible, expectNoSideways, goTo, signIn } from "./browser";
import { execute, exported, mail, query } from "./exports";
import { control, createTenant } from "./zuora";

const open = browserForTests();
/** In no other test's texts. */
const MARK = `m${randomUUID().replaceAll("-", "").slice(0, 12)}`;
const SECRET = `secret${MARK}`;
const HOST = `${MARK}.example.com`;

let customer: string;
let caller: number;
let target: number;
let twin: number;

const address = (workflow: number) => `#/customers/${customer}/workflows/${workflow}`;

beforeAll(async () => {
  const tenant = await createTenant(0);
  const add = async (name: string, raw_export: string) => {
    const made = await control("POST", `tenants/${tenant.name}/workflows`, { name, raw_export });
    return (made as { id: number }).id;
  };
  const headers = [{ key: "Authorization", value: `Bearer ${SECRET} {{ GlobalConstants.Key${MARK} }}` }];
  target = await add(`Target ${MARK}`, exported(100, [query("Get")]));
  twin = await add(`Twin ${MARK}`, exported(200, [query("Get")]));
  await add(`Twin ${MARK}`, exported(300, [query("Get")]));
  caller = await add(
    `Caller ${MARK}`,
    exported(400, [
      { name: "Call the partner", action_type: "Callout", parameters: { url: `https://${HOST}/pay`, headers } },
      execute("Run", `Target ${MARK}`),
      execute("Run a twin", `Twin ${MARK}`),
      execute("Run nothing", `Nobody ${MARK}`),
      mail(`${MARK}@example.com`),
      query("Select", `select Id from Account where Id = '{{ Data.Account.Field${MARK}__c }}'`),
    ]),
  );
  customer = await createCustomer(tenant);
  await waitForSync(customer);
});

test("a workflow says what it uses, which leads to all with the same, and that a name is ambiguous", async () => {
  const { page, faults } = await open();
  await signIn(page, `${address(caller)}?tab=uses`);
  const list = (name: string) => page.getByRole("list", { name, exact: true });

  await list("Runs workflows")
    .getByRole("link", { name: `Target ${MARK}` })
    .waitFor();
  await list("Runs workflows")
    .getByText(/^Several workflows are called/)
    .waitFor();
  expect(
    await list("Runs workflows")
      .getByRole("link", { name: `Twin ${MARK}` })
      .count(),
  ).toBe(2);
  await list("Runs workflows").getByText(`nobody ${MARK}, which is not in the copy`).waitFor();
  await page.getByText("No workflow is known to run it.").waitFor();
  expect(await list("E-mail addresses").innerText()).toContain(`${MARK}@example.com`);
  expect(await list("Constants").innerText()).toContain(`globalconstants.key${MARK}`);
  expect(await list("Fields").innerText()).toContain(`field${MARK}__c`);
  expect(await page.getByRole("main").innerText()).not.toContain(SECRET);
  await expectAccessible(page);
  await list("Hosts").getByRole("link", { name: HOST }).click();
  await page.getByText("Found: 1 place, 1 workflow, 1 customer.").waitFor();
  expect(faults).toEqual([]);
});

test("a workflow says who runs it, and leads to the task", async () => {
  const { page, faults } = await open();
  await signIn(page, `${address(target)}?tab=uses`);
  const users = page.getByRole("list", { name: "Used by" });

  await users.getByRole("link", { name: `Caller ${MARK}` }).waitFor();
  expect(await users.innerText()).toContain(`Caller ${MARK}, Run, by its name`);
  expect(await users.getByText("Other workflows have the same name").count()).toBe(0);
  await users.getByRole("link", { name: "Run", exact: true }).click();
  await page.locator(".react-flow__node.selected", { hasText: "Run" }).waitFor();
  await page.getByRole("heading", { level: 1, name: `Caller ${MARK}` }).waitFor();

  await goTo(page, `${address(twin)}?tab=uses`);
  await users.getByText("Other workflows have the same name: it may mean one of those.").waitFor();
  expect(faults).toEqual([]);
});

test("a phone shows what is used without sideways scrolling", async () => {
  const { page, faults } = await open({ width: 390, height: 844 });
  await signIn(page, `${address(caller)}?tab=uses`);

  await page.getByRole("list", { name: "Hosts" }).waitFor();
  await expectNoSideways(page);
  await expectAccessible(page);
  expect(faults).toEqual([]);
});
