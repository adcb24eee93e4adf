// The base URL of a customer: from what the browser shows at Zuora, and by a search among Zuora's data centers. For these the stack
// has others: its simulator under two names, and an address where nobody listens.

import type { Page } from "playwright-core";
import { expect, test } from "vitest";

import { browserForTests, expectAccessible, signIn } from "./browser";
import { createTenant, refuseAt } from "./zuora";

const open = browserForTests();

async function enterAddress(page: Page, address: string): Promise<void> {
  await page.getByLabel("Zuora base URL").click();
  await page.getByRole("option", { name: "Another address" }).click();
  await page.getByRole("textbox", { name: "Address" }).fill(address);
}

test("credentials that are refused are searched for among all data centers, and the one that accepts them is entered", async () => {
  const tenant = await createTenant(1);
  await refuseAt(tenant, "127.0.0.1");
  const right = tenant.baseUrl.replace("127.0.0.1", "localhost");
  const { page, faults } = await open();
  await signIn(page, "#/customers/new");
  await enterAddress(page, tenant.baseUrl);
  await page.getByLabel("Zuora client ID").fill(tenant.clientId);
  await page.getByLabel("Zuora client secret").fill(tenant.clientSecret);
  const find = page.getByRole("button", { name: "Find the right data center" });
  expect(await find.count()).toBe(0);

  await page.getByRole("button", { name: "Test connection" }).click();
  await page.getByText("Zuora's listed data centers in turn, and to nobody else").waitFor();
  const searches: string[] = [];
  page.on("request", (request) => {
    if (request.url().endsWith("/v1/connection-test")) searches.push(request.postData() ?? "");
  });
  expect(searches).toEqual([]);
  await find.click();

  const row = (host: string) => page.getByRole("row").filter({ hasText: host });
  await row(tenant.baseUrl).getByText("Refused").waitFor();
  await row(right).getByText("Accepted").waitFor();
  await row("http://127.0.0.1:1").filter({ hasText: "Could not be asked" }).waitFor();
  await page.getByText("One data center accepted the credentials.").first().waitFor();
  expect(searches.map((body) => (JSON.parse(body) as { find: boolean }).find)).toEqual([true]);
  await expectAccessible(page);
  await page.getByRole("button", { name: `Use ${right}` }).click();
  await row(right).getByText("Entered above").waitFor();
  expect(await page.getByRole("textbox", { name: "Address" }).inputValue()).toBe(right);
  await page.getByRole("button", { name: "Test connection" }).click();
  await page.getByText("Zuora accepted the credentials").waitFor();
  expect(faults).toEqual([]);
});

test("a search that ran out of time goes on without those that were tried, and ends with the client that it was for", async () => {
  const { page, faults } = await open();
  await signIn(page, "#/customers/new");
  await enterAddress(page, "https://rest.zuora.com");
  await page.getByLabel("Zuora client ID").fill("client");
  await page.getByLabel("Zuora client secret").fill("secret");
  const skips: unknown[] = [];
  const host = (base_url: string, result: string) => ({ base_url, label: base_url, result, can_list: null });
  await page.route("**/v1/connection-test", (route) => {
    const asked = route.request().postDataJSON() as { find?: boolean; skip: string[] };
    if (!asked.find) {
      const type = "/problems/zuora-credentials-invalid";
      const json = { type, title: "Refused", status: 422, detail: "Invalid Zuora credentials.", instance: "" };
      return route.fulfill({ status: 422, json, contentType: "application/problem+json" });
    }
    skips.push(asked.skip);
    const complete = asked.skip.length > 0;
    const rest = complete ? [] : [host("https://rest.eu.zuora.com", "unreachable")];
    return route.fulfill({
      json: { hosts: [...rest, host("https://rest.ap.zuora.com", complete ? "refused" : "not_tried")], complete },
    });
  });

  await page.getByRole("button", { name: "Test connection" }).click();
  await page.getByRole("button", { name: "Find the right data center" }).click();
  await page.getByText("some could not be asked").first().waitFor();
  expect(skips).toEqual([[], ["https://rest.eu.zuora.com"]]);
  await page.getByLabel("Zuora client secret").fill("another");
  await page.getByText("some could not be asked").first().waitFor({ state: "detached" });
  expect(await page.getByRole("button", { name: "Search again" }).count()).toBe(0);
  expect(faults).toEqual([]);
});

test("what the browser shows at Zuora becomes the REST address, or a question where it does not tell the data center", async () => {
  const { page, faults } = await open();
  await signIn(page, "#/customers/new");
  const baseUrl = page.getByLabel("Zuora base URL");

  await enterAddress(page, "https://eu.zuora.com/platform/webapp?source=x");
  await page.getByText("This is the browser's address of EU Production").waitFor();
  await expectAccessible(page);
  await page.getByRole("button", { name: "Use https://rest.eu.zuora.com" }).click();
  await expect.poll(() => baseUrl.innerText()).toContain("EU Production");

  await enterAddress(page, "https://one.zuora.com/home");
  await page.getByRole("button", { name: "Data center" }).click();
  expect(await page.getByRole("option", { name: "rest.sandbox.zuora.com" }).count()).toBe(0);
  await page.getByRole("option", { name: "APAC Production" }).click();
  await expect.poll(() => baseUrl.innerText()).toContain("APAC Production");
  expect(await page.getByRole("textbox", { name: "Address" }).count()).toBe(0);
  expect(faults).toEqual([]);
});
