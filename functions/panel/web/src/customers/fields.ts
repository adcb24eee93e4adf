// What is typed into the form of a customer, and what of it is sent.

import type { Customer, CustomerChange, Settings } from "../api/client";

/** What is typed in. */
export interface Fields {
  readonly name: string;
  readonly clientId: string;
  readonly secret: string;
  readonly baseUrl: string;
  readonly environment: Customer["environment"];
  readonly frequency: Customer["sync_frequency"];
  /** How many workflows, or per cent of them, may vanish at once; texts as they are typed. */
  readonly guardCount: string;
  readonly guardPercent: string;
  /** Whether new credentials are tried before anything is stored. */
  readonly verify: boolean;
}

export const EMPTY: Fields = {
  name: "",
  clientId: "",
  secret: "",
  baseUrl: "",
  environment: "production",
  frequency: "hourly",
  guardCount: "5",
  guardPercent: "20",
  verify: true,
};

export function fieldsOf(customer: Customer): Fields {
  return {
    name: customer.name,
    clientId: customer.zuora_client_id,
    secret: "",
    baseUrl: customer.zuora_base_url,
    environment: customer.environment,
    frequency: customer.sync_frequency,
    guardCount: String(customer.delete_guard.count),
    guardPercent: String(customer.delete_guard.percent),
    verify: true,
  };
}

/** The settings that the fields say: all that there are, or this does not compile. What is no number is left for the API to refuse. */
export function settingsOf(fields: Fields): Required<Settings> {
  return {
    name: fields.name,
    zuora_client_id: fields.clientId,
    zuora_base_url: fields.baseUrl,
    environment: fields.environment,
    sync_frequency: fields.frequency,
    delete_guard: { count: Number(fields.guardCount), percent: Number(fields.guardPercent) },
  };
}

/** Only what differs is sent. */
export function changed(customer: Customer, fields: Fields): CustomerChange {
  const settings = Object.entries(settingsOf(fields)) as [keyof Settings, unknown][];
  return {
    ...Object.fromEntries(settings.filter(([name, value]) => JSON.stringify(value) !== JSON.stringify(customer[name]))),
    ...(fields.secret !== "" && { zuora_client_secret: fields.secret }),
    verify: fields.verify,
  };
}
