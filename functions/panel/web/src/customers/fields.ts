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
    verify: true,
  };
}

/** Only what differs is sent. */
export function changed(customer: Customer, fields: Fields): CustomerChange {
  return {
    ...(fields.name !== customer.name && { name: fields.name }),
    ...(fields.clientId !== customer.zuora_client_id && { zuora_client_id: fields.clientId }),
    ...(fields.secret !== "" && { zuora_client_secret: fields.secret }),
    ...(fields.baseUrl !== customer.zuora_base_url && { zuora_base_url: fields.baseUrl }),
    ...(fields.environment !== customer.environment && { environment: fields.environment }),
    ...(fields.frequency !== customer.sync_frequency && { sync_frequency: fields.frequency }),
    verify: fields.verify,
  };
}
