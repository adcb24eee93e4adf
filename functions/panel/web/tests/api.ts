// The API as the admin: what a test of a page needs to find there.

import { stack } from "./stack";
import type { Tenant } from "./zuora";

let token: Promise<string> | undefined;

async function signIn(): Promise<string> {
  const answer = await fetch(new URL("/", stack.api_url), {
    method: "POST",
    headers: {
      "x-amz-target": "AWSCognitoIdentityProviderService.InitiateAuth",
      "content-type": "application/x-amz-json-1.1",
    },
    body: JSON.stringify({
      AuthFlow: "USER_PASSWORD_AUTH",
      ClientId: stack.user_pool_client_id,
      AuthParameters: { USERNAME: stack.username, PASSWORD: stack.password },
    }),
  });
  const body = (await answer.json()) as { AuthenticationResult: { IdToken: string } };
  return body.AuthenticationResult.IdToken;
}

/** Asks the API; fails unless it does what was asked. */
export async function call(
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Record<string, unknown>> {
  token ??= signIn();
  const answer = await fetch(`${stack.api_url}${path}`, {
    method,
    headers: { authorization: `Bearer ${await token}`, "content-type": "application/json", ...headers },
    body: body === undefined ? null : JSON.stringify(body),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
  return (text ? JSON.parse(text) : {}) as Record<string, unknown>;
}

/** A customer of the tenant, by its id; its first sync is queued. */
export async function createCustomer(tenant: Tenant, settings: Record<string, unknown> = {}): Promise<string> {
  const customer = await call("POST", "/v1/customers", {
    name: tenant.name,
    zuora_client_id: tenant.clientId,
    zuora_client_secret: tenant.clientSecret,
    zuora_base_url: tenant.baseUrl,
    ...settings,
  });
  return String(customer.id);
}

/** Until its first sync has ended. */
export async function waitForSync(customer: string): Promise<void> {
  await until(`${customer} is synced`, async () => Boolean((await call("GET", `/v1/customers/${customer}`)).last_sync));
}

/** A sync to its end, by the job's id. */
export async function syncNow(customer: string): Promise<string> {
  const job = String((await call("POST", `/v1/customers/${customer}/sync`)).job_id);
  await until(`${job} succeeded`, async () => (await call("GET", `/v1/jobs/${job}`)).state === "succeeded");
  return job;
}

/** The customer's jobs in that state, newest first. */
export async function jobs(customer: string, state: string): Promise<readonly unknown[]> {
  return (await call("GET", `/v1/jobs?customer_id=${customer}&state=${state}`)).items as unknown[];
}

/** Until the customer's newest job is in that state. */
export async function waitForJob(customer: string, state: string): Promise<void> {
  await until(`the newest job of ${customer} is ${state}`, async () => {
    const [newest] = (await call("GET", `/v1/jobs?customer_id=${customer}&limit=1`)).items as { state: string }[];
    return newest?.state === state;
  });
}

async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + 60_000;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`It did not come to this within a minute: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}
