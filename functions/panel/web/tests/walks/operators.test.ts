import { expect, test } from "vitest";

import { waitForJob } from "../api";
import { browserForTests, signIn } from "../browser";
import { morningForTests } from "../morning";
import { control } from "../zuora";
import { inNavigation, walk } from "./walk";

const open = browserForTests();
const morning = morningForTests();

test("an operator at night retries what can be retried and knows what to leave", async () => {
  const { operator, customers } = morning();
  const [ember] = customers.forbidden;
  const [borealis] = customers.refused;
  const [juniper] = customers.waiting;
  if (!ember || !borealis || !juniper) throw new Error("no customer");
  // The role was given back at Zuora.
  await control("DELETE", `tenants/${ember.tenant.name}/faults`);
  const { page, faults } = await open();
  await signIn(page, "", operator.name, operator.password);
  const main = page.getByRole("main");
  const lineOf = (name: string) => main.getByRole("listitem").getByRole("listitem").filter({ hasText: name }).first();

  await walk("operator, retry", page, 5, async ({ click }) => {
    await click(inNavigation(page, "Failed Jobs"));
    // What a retry does not mend says so, and who mends it.
    await click(main.getByRole("button", { name: "Details: Invalid credentials or address" }));
    await lineOf(borealis.name)
      .getByText(/^Invalid Zuora credentials/)
      .waitFor();
    await click(lineOf(borealis.name).getByRole("button", { name: /^Details/ }));
    await lineOf(borealis.name)
      .getByText(/client secret/i)
      .first()
      .waitFor();
    await click(main.getByRole("button", { name: "Details: The Zuora user may not read workflows" }));
    await click(lineOf(ember.name).getByRole("button", { name: /^Retry/ }));
    await lineOf(ember.name).waitFor({ state: "detached", timeout: 30_000 });
    await lineOf(borealis.name).waitFor();
  });
  await waitForJob(ember.id, "succeeded");

  await walk("operator, what waits", page, 2, async ({ click }) => {
    await click(inNavigation(page, "Jobs Waiting"));
    // Zuora asked for half an hour, so it says when it goes on, and there is nothing to press.
    await main
      .getByRole("row")
      .filter({ hasText: juniper.name })
      .getByText(/^in (29|30) minutes/)
      .waitFor();
  });
  expect(faults).toEqual([]);
});
