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
export async function call(method: string, path: string, body?: unknown): Promise<Record<string, unknown>> {
  token ??= signIn();
  const answer = await fetch(`${stack.api_url}${path}`, {
    method,
    headers: { authorization: `Bearer ${await token}`, "content-type": "application/json" },
    body: body === undefined ? null : JSON.stringify(body),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
  return JSON.parse(text) as Record<string, unknown>;
}

/** A customer of the tenant, by its id; its first sync is queued. */
export async function createCustomer(tenant: Tenant): Promise<string> {
  const customer = await call("POST", "/v1/customers", {
    name: tenant.name,
    zuora_client_id: tenant.clientId,
    zuora_client_secret: tenant.clientSecret,
    zuora_base_url: tenant.baseUrl,
  });
  return String(customer["id"]);
}

/** Until its first sync has ended. */
export async function waitForSync(customer: string): Promise<void> {
  const end = Date.now() + 60_000;
  while (!(await call("GET", `/v1/customers/${customer}`))["last_sync"]) {
    if (Date.now() > end) throw new Error(`${customer} was not synced within a minute`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}
