// A bad morning: thirty customers in every state in which an admin may find them, and people to look at them.

import { randomUUID } from "node:crypto";

import { afterAll, beforeAll } from "vitest";

import { call, createCustomer, waitForJob, waitForSync } from "./api";
import { type Person, signUp } from "./people";
import { answerWith, control, createTenant, refuseSecret, type Tenant, workflowIds } from "./zuora";

export interface Patient {
  readonly id: string;
  readonly name: string;
  readonly tenant: Tenant;
}

/** Customers by their state, and people who see these customers and no others. */
export interface Morning {
  readonly customers: Readonly<Record<State, readonly Patient[]>>;
  /** May do everything with them. */
  readonly admin: Person;
  /** May sync, retry and cancel. */
  readonly operator: Person;
  /** May only view. */
  readonly viewer: Person;
}

const WAIT_S = 1800;
const LONG = "Société Anonyme des Workflows de Facturation Récurrente et de Relance des Impayés ";
const NAMES = {
  /** Zuora refuses their secret: one cause. */
  refused: ["Borealis Energy", "Cobalt Fitness", "Delta Freight"],
  /** The role was taken from the user at Zuora. */
  forbidden: ["Ember Insurance"],
  /** Zuora answers 503. */
  down: ["Fjord Telecom"],
  /** Most of their workflows are gone at Zuora. */
  held: ["Granite Media", "Harbor Foods"],
  /** Some exports are refused. */
  incomplete: ["Indigo Health"],
  /** Zuora asks to wait. */
  waiting: ["Juniper Mobility"],
  paused: ["Kestrel Travel", "Lumen Education"],
  /** Asked to wait since its creation. */
  never: ["Meridian Robotics"],
  /** Its first sync takes minutes. */
  running: ["Nimbus Cloud"],
  /** Has a workflow of 300 tasks. */
  large: ["Orchard Retail"],
  odd: [LONG.repeat(3).slice(0, 170).trim(), "Pixel 🚀 Party 🎉", "شركة المدفوعات الدولية"],
  /** Some of its workflows were edited, one was deleted. */
  changed: ["Quartz Bank"],
  sound: [
    "Acme Corporation",
    "Beta Technologies Ltd",
    "Redwood Software",
    "Saffron Hotels",
    "Tundra Logistics",
    "Umbra Security",
    "Velvet Fashion",
    "Vista Pharma",
    "Willow Care",
    "Xenon Lighting",
    "Yarrow Farms",
    "Zephyr Airlines",
  ],
} as const;
export type State = keyof typeof NAMES;
const ENVIRONMENTS = ["production", "production", "test", "sandbox", "development"];
/** Customers made at the same time. */
const AT_ONCE = 8;

/** For a file of tests: a morning of its own, whose customers are gone after them. */
export function morningForTests(): () => Morning {
  const made: string[] = [];
  let morning: Morning;
  beforeAll(async () => {
    morning = await makeMorning(`${randomUUID().slice(0, 6)} `, made);
  });
  afterAll(() => remove(made));
  return () => morning;
}

/** Makes it; the names of the customers begin with the prefix. Their ids are noted at once, to be removed also after a failure. */
export async function makeMorning(prefix: string, made: string[]): Promise<Morning> {
  const [admin, operator, viewer] = await Promise.all([signUp(), signUp(), signUp()]);
  const grants = [
    [admin, ["view", "update", "sync", "approve", "delete"]],
    [operator, ["sync"]],
    [viewer, ["view"]],
  ] as const;
  const wanted = Object.entries(NAMES).flatMap(([state, names]) => names.map((name) => ({ state: state as State, name })));
  const done: { state: State; patient: Patient }[] = [];
  const next = wanted.entries();
  const work = async () => {
    for (const [index, { state, name }] of next) {
      const patient = await make(`${prefix}${name}`, state, index, async (id) => {
        made.push(id);
        for (const [person, verbs] of grants) await call("PUT", `/v1/customers/${id}/grants/${person.sub}`, { verbs });
      });
      done.push({ state, patient });
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  const customers = Object.fromEntries(
    Object.entries(NAMES).map(([state, names]) => {
      const order: readonly string[] = names.map((name) => `${prefix}${name}`);
      const found = done.filter((one) => one.state === state).map(({ patient }) => patient);
      return [state, found.sort((a, b) => order.indexOf(a.name) - order.indexOf(b.name))];
    }),
  ) as Record<State, Patient[]>;
  return { customers, admin, operator, viewer };
}

/** Deletes customers that may be gone already. */
export async function remove(made: readonly string[]): Promise<void> {
  await Promise.all(
    made.map(async (id) => {
      const customer = await call("GET", `/v1/customers/${id}`).catch(() => undefined);
      if (!customer) return;
      const name = encodeURIComponent(String(customer.name));
      await call("DELETE", `/v1/customers/${id}?confirm=${name}`, undefined, { "if-match": "*" });
    }),
  );
}

async function make(name: string, state: State, index: number, created: (id: string) => Promise<void>): Promise<Patient> {
  const tenant = await createTenant(SIZES[state] ?? 3 + (index % 7));
  await BEFORE[state]?.(tenant);
  const isReachable = !["never", "running"].includes(state);
  const environment = ENVIRONMENTS[index % ENVIRONMENTS.length];
  const id = await createCustomer(tenant, { name, environment, verify: isReachable });
  await created(id);
  if (isReachable) await waitForSync(id);
  await AFTER[state]?.(tenant, id);
  return { id, name, tenant };
}

/** Numbers of workflows that matter. */
const SIZES: Partial<Record<State, number>> = { held: 14, incomplete: 8, running: 900, changed: 9 };

/** What happens to a tenant before it is a customer. */
const BEFORE: Partial<Record<State, (tenant: Tenant) => Promise<void>>> = {
  incomplete: async (tenant) => {
    const refuse = { status: 400, body: { success: false, reasons: [{ code: 53100020, message: "Export is not possible" }] } };
    for (const id of (await workflowIds(tenant)).slice(0, 3)) await answerWith(tenant, "export", refuse, id);
  },
  never: rateLimit,
  running: async (tenant) => {
    await control("PUT", `tenants/${tenant.name}/conditions`, { median_ms: 8000, p99_ms: 9000 });
  },
  large: async (tenant) => {
    await control("POST", `tenants/${tenant.name}/workflows`, { name: "Quarter close", tasks: 300, status: "Active" });
  },
  odd: async (tenant) => {
    for (const name of [LONG.repeat(3).slice(0, 190), "Relance 💶 clients 🇫🇷", "فاتورة شهرية"]) {
      await control("POST", `tenants/${tenant.name}/workflows`, { name, status: "Active" });
    }
  },
};

/** What happens once it was synced. */
const AFTER: Partial<Record<State, (tenant: Tenant, id: string) => Promise<void>>> = {
  refused: async (tenant, id) => {
    await refuseSecret(tenant);
    await sync(id, "failed");
  },
  forbidden: async (tenant, id) => {
    await answerWith(tenant, "list", { status: 403, body: { message: "Access denied" } });
    await sync(id, "failed");
  },
  down: async (tenant, id) => {
    await answerWith(tenant, "list", { status: 503 });
    await sync(id, "waiting");
  },
  held: async (tenant, id) => {
    for (const workflow of (await workflowIds(tenant)).slice(0, 9)) {
      await control("DELETE", `tenants/${tenant.name}/workflows/${workflow}`);
    }
    await sync(id, "held");
  },
  waiting: async (tenant, id) => {
    await rateLimit(tenant);
    await sync(id, "waiting");
  },
  paused: async (_, id) => {
    await call("POST", `/v1/customers/${id}/pause`);
  },
  changed: async (tenant, id) => {
    const [first, second, third] = await workflowIds(tenant);
    const workflows = `tenants/${tenant.name}/workflows`;
    await control("PATCH", `${workflows}/${first}`, { name: "Nightly dunning, renamed", tasks: 12 });
    await control("PATCH", `${workflows}/${second}`, { status: "Inactive" });
    await control("DELETE", `${workflows}/${third}`);
    await sync(id, "succeeded");
    await call("PATCH", `/v1/customers/${id}`, { sync_frequency: "every_two_hours" }, { "if-match": "*" });
  },
};

async function rateLimit(tenant: Tenant): Promise<void> {
  await answerWith(tenant, "list", { status: 429, headers: { "Retry-After": String(WAIT_S) } });
}

/** Asks for a sync and waits until it has come to that. */
async function sync(customer: string, state: string): Promise<void> {
  await call("POST", `/v1/customers/${customer}/sync`);
  await waitForJob(customer, state);
}
