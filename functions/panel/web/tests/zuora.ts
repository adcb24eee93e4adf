// A tenant of the Zuora simulator, for one test.

import { randomUUID } from "node:crypto";

import { stack } from "./stack";

export interface Tenant {
  readonly name: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly baseUrl: string;
}

/** A new tenant with that many workflows. */
export async function createTenant(workflows: number): Promise<Tenant> {
  const name = `panel-${randomUUID()}`;
  const made = (await control("POST", "tenants", { name, workflows })) as { client_id: string; client_secret: string };
  return { name, clientId: made.client_id, clientSecret: made.client_secret, baseUrl: stack.simulator_url };
}

/** From now on Zuora refuses the tenant's secret, and every token that it gave out. */
export async function refuseSecret(tenant: Tenant): Promise<void> {
  await control("PUT", `tenants/${tenant.name}/secret`, { client_secret: "another" });
  await control("DELETE", `tenants/${tenant.name}/tokens`);
}

/** Zuora takes the tenant's secret again. */
export async function takeSecret(tenant: Tenant): Promise<void> {
  await control("PUT", `tenants/${tenant.name}/secret`, { client_secret: tenant.clientSecret });
}

/** From now on every request of the route is answered with this; a route is `list`, `export` or `token`. */
export async function answerWith(tenant: Tenant, route: string, respond: object, workflow?: number): Promise<void> {
  const on = { route, ...(workflow === undefined ? {} : { workflow_id: workflow }) };
  await control("POST", `tenants/${tenant.name}/faults`, { on, times: null, effect: { respond } });
}

/** From now on the simulator refuses the tenant's credentials under this name of its own, as if it were another data center. */
export async function refuseAt(tenant: Tenant, host: string): Promise<void> {
  const respond = { status: 401, body: { error: "invalid_client" } };
  await control("POST", `tenants/${tenant.name}/faults`, { on: { route: "token", host }, times: null, effect: { respond } });
}

/** The ids of the tenant's workflows. */
export async function workflowIds(tenant: Tenant): Promise<readonly number[]> {
  return (await control("GET", `tenants/${tenant.name}/workflows`)) as number[];
}

/** Asks the simulator's control API. */
export async function control(method: string, path: string, body?: unknown): Promise<unknown> {
  const answer = await fetch(`${stack.simulator_url}/_simulator/${path}`, {
    method,
    headers: { "content-type": "application/json" },
    body: body === undefined ? null : JSON.stringify(body),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
  return text ? (JSON.parse(text) as unknown) : undefined;
}
