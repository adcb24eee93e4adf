// The fields of the customer form, and the settings sent to the API.

import type { Customer, CustomerChange, Settings } from "../api/client";

/** The input of the form. */
export interface Fields {
  readonly name: string;
  readonly clientId: string;
  readonly secret: string;
  readonly baseUrl: string;
  readonly environment: Customer["environment"];
  readonly frequency: Customer["sync_frequency"];
  /** Limits of the delete guard, as typed. */
  readonly guardCount: string;
  readonly guardPercent: string;
  /** Tests new credentials before anything is stored. */
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

/** The settings in the fields; `Required` makes sure that none is missing. An invalid number is left for the API to refuse. */
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

/** The settings that differ from those stored. */
export function changed(customer: Customer, fields: Fields): CustomerChange {
  const settings = Object.entries(settingsOf(fields)) as [keyof Settings, unknown][];
  return {
    ...Object.fromEntries(settings.filter(([name, value]) => JSON.stringify(value) !== JSON.stringify(customer[name]))),
    ...(fields.secret !== "" && { zuora_client_secret: fields.secret }),
    verify: fields.verify,
  };
}
