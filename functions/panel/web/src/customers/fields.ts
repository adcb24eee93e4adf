// What is typed into the form of a customer, and what of it is sent.

import type { Customer, CustomerChange } from "../api/client";

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

/** Only what differs is sent. */
export function changed(customer: Customer, fields: Fields): CustomerChange {
  const { count, percent } = guardOf(fields);
  return {
    ...(fields.name !== customer.name && { name: fields.name }),
    ...(fields.clientId !== customer.zuora_client_id && { zuora_client_id: fields.clientId }),
    ...(fields.secret !== "" && { zuora_client_secret: fields.secret }),
    ...(fields.baseUrl !== customer.zuora_base_url && { zuora_base_url: fields.baseUrl }),
    ...(fields.environment !== customer.environment && { environment: fields.environment }),
    ...(fields.frequency !== customer.sync_frequency && { sync_frequency: fields.frequency }),
    ...((count !== customer.delete_guard.count || percent !== customer.delete_guard.percent) && {
      delete_guard: { count, percent },
    }),
    verify: fields.verify,
  };
}

/** The delete guard as the API takes it; what is no number is left for the API to refuse. */
export function guardOf(fields: Fields): { count: number; percent: number } {
  return { count: Number(fields.guardCount), percent: Number(fields.guardPercent) };
}
