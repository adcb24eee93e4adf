import type { Page, Route } from "playwright-core";
import { expect, test } from "vitest";

import { giveCredentials, signIn, browserForTests } from "./browser";
import { stack } from "./stack";
import { createTenant } from "./zuora";

const open = browserForTests();

test("who signs out leaves nothing behind, and is asked to sign in again", async () => {
  const { page, faults } = await open();
  await signIn(page);

  await page.getByRole("button", { name: /Super admin/ }).click();
  await page.getByRole("menuitem", { name: "Sign out" }).click();
  await page.getByLabel("Username").waitFor();
  await page.goto(`${stack.panel_url}#/about`);
  await page.getByLabel("Username").waitFor();
  await giveCredentials(page);
  await page.getByRole("heading", { level: 1, name: "About" }).waitFor();
  expect(faults).toEqual([]);
});

async function signOut(page: Page): Promise<void> {
  await page.getByRole("button", { name: /Super admin/ }).click();
  await page.getByRole("menuitem", { name: "Sign out" }).click();
}

test("the refresh token is revoked before the sign-out", async () => {
  const { page, faults } = await open();
  await signIn(page);
  const { refreshToken } = JSON.parse((await page.evaluate(() => sessionStorage.getItem("zwm.tokens"))) ?? "{}") as {
    readonly refreshToken: string;
  };
  const asked: string[] = [];
  page.on("request", (request) => asked.push(new URL(request.url()).pathname));
  await page.route("**/oauth2/revoke", (route) => route.fulfill({ status: 200 }));

  const revoking = page.waitForRequest("**/oauth2/revoke");
  await signOut(page);
  const parameters = new URLSearchParams((await revoking).postData() ?? "");
  await page.getByLabel("Username").waitFor();
  expect((await revoking).method()).toBe("POST");
  expect(Object.fromEntries(parameters)).toMatchObject({ client_id: stack.user_pool_client_id, token: refreshToken });
  expect(refreshToken).toBeTruthy();
  expect(asked.indexOf("/oauth2/revoke")).toBeLessThan(asked.indexOf("/logout"));
  expect(faults).toEqual([]);
});

test.each([
  ["is refused", (route: Route) => route.fulfill({ status: 400, json: { error: "unsupported_token_type" } })],
  ["fails", (route: Route) => route.abort()],
  ["never ends", () => undefined],
])("a revocation that %s keeps nobody signed in", async (_, answer) => {
  const { page, faults } = await open();
  await signIn(page);
  await page.route("**/oauth2/revoke", answer);

  await signOut(page);
  await page.getByLabel("Username").waitFor();
  expect(await page.evaluate(() => sessionStorage.getItem("zwm.tokens"))).toBeNull();
  expect(faults).toEqual([]);
});

test("an address without its last slash leads to the same page", async () => {
  const { page, faults } = await open();
  await page.goto(`${stack.panel_url.replace(/\/$/, "")}#/about`);
  await giveCredentials(page);
  await page.getByRole("heading", { level: 1, name: "About" }).waitFor();
  expect(page.url()).toBe(`${stack.panel_url}#/about`);
  expect(faults).toEqual([]);
});

test("an old address with the code of a sign-in that is over leads on to the panel", async () => {
  const { page, faults } = await open();
  const old = `${stack.panel_url}?code=of-yesterday&state=of-yesterday`;
  await page.goto(old);
  await giveCredentials(page);
  await page.getByRole("heading", { level: 1, name: "Dashboard" }).waitFor();

  await page.goto(old);
  await page.getByRole("heading", { level: 1, name: "Dashboard" }).waitFor();
  await expect.poll(() => page.url()).not.toContain("code=");
  expect(faults).toEqual([]);
});

test("what was typed outlives the session: signing in again happens beside the page", async () => {
  const tenant = await createTenant(1);
  const { page, faults } = await open();
  await signIn(page, "#/customers/new");
  await page.getByRole("textbox", { name: "Name", exact: true }).fill("half a name");
  // As if an hour had passed and the session were over: the token is not taken any more.
  await page.route("**/v1/connection-test", (route) =>
    route.fulfill({
      status: 401,
      json: {
        type: "/problems/unauthenticated",
        title: "Sign in first",
        status: 401,
        detail: "The token has expired. Sign in again.",
        instance: "",
      },
      contentType: "application/problem+json",
    }),
  );
  await page.getByLabel("Zuora base URL").click();
  await page.getByRole("option", { name: "Another address" }).click();
  await page.getByRole("textbox", { name: "Address" }).fill(tenant.baseUrl);
  await page.getByLabel("Zuora client ID").fill(tenant.clientId);
  await page.getByLabel("Zuora client secret").fill(tenant.clientSecret);
  await page.getByRole("button", { name: "Test connection" }).click();
  await page.getByText("Your session has ended").waitFor();
  await page.keyboard.press("Escape");
  await page.getByText("Your session has ended").waitFor({ state: "hidden" });
  await page.getByRole("button", { name: "Test connection" }).click();
  await page.getByText("Your session has ended").waitFor();
  await page.unroute("**/v1/connection-test");

  const beside = page.waitForEvent("popup");
  await page.getByRole("button", { name: "Sign in again" }).click();
  const popup = await beside;
  const closed = popup.waitForEvent("close");
  await giveCredentials(popup);
  await closed;
  await page.getByText("Your session has ended").waitFor({ state: "hidden" });
  expect(await page.getByRole("textbox", { name: "Name", exact: true }).inputValue()).toBe("half a name");
  await page.getByRole("button", { name: "Test connection" }).click();
  await page.getByText("Zuora accepted the credentials").waitFor();
  expect(faults).toEqual([]);
});

test("the color scheme is the system's until another is chosen, which is kept", async () => {
  const { page, faults } = await open();
  await signIn(page, "#/about");
  const isDark = () => page.evaluate(() => document.body.classList.contains("awsui-dark-mode"));

  await page.emulateMedia({ colorScheme: "dark" });
  await expect.poll(isDark, { timeout: 20_000 }).toBe(true);
  await page.getByRole("button", { name: /Super admin/ }).click();
  await page.getByRole("menuitemcheckbox", { name: "Light" }).click();
  await expect.poll(isDark, { timeout: 20_000 }).toBe(false);
  await page.reload();
  await page.getByRole("heading", { level: 1, name: "About" }).waitFor();
  expect(await isDark()).toBe(false);
  expect(faults).toEqual([]);
});
