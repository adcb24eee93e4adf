// The fields of the customer form, and the settings sent to the API.

import type { Customer, CustomerChange, Settings } from "../api/client";
import { fieldError } from "../api/problem";
import type { LabelledField } from "./labels";

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
  readonly tags: readonly string[];
  readonly owner: string;
  readonly notes: string;
  /** Tests new credentials before anything is stored. */
  readonly verify: boolean;
}

/** Name of every environment. */
export const ENVIRONMENTS: Record<Customer["environment"], string> = {
  production: "Production",
  test: "Test / staging",
  sandbox: "Sandbox",
  development: "Development",
};

/** Name of every frequency. */
export const FREQUENCIES: Record<Customer["sync_frequency"], string> = {
  hourly: "Every hour",
  every_two_hours: "Every two hours",
  manual: "Manual only",
};

export const EMPTY: Fields = {
  name: "",
  clientId: "",
  secret: "",
  baseUrl: "",
  environment: "production",
  frequency: "hourly",
  guardCount: "5",
  guardPercent: "20",
  tags: [],
  owner: "",
  notes: "",
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
    tags: customer.tags,
    owner: customer.owner ?? "",
    notes: customer.notes ?? "",
    verify: true,
  };
}

/** The settings in the fields; `Required` makes sure that none is missing. An invalid number is left for the API to refuse; an empty
 * owner or note is none. */
export function settingsOf(fields: Fields): Required<Settings> {
  return {
    name: fields.name,
    zuora_client_id: fields.clientId,
    zuora_base_url: fields.baseUrl,
    environment: fields.environment,
    sync_frequency: fields.frequency,
    delete_guard: { count: Number(fields.guardCount), percent: Number(fields.guardPercent) },
    tags: [...fields.tags],
    owner: fields.owner || null,
    notes: fields.notes || null,
  };
}

/** The settings that differ from those stored. */
export function changed(customer: Customer, fields: Fields): CustomerChange {
  const stored: Record<string, unknown> = { ...customer };
  const wanted = Object.entries(settingsOf(fields));
  return {
    ...Object.fromEntries(wanted.filter(([name, value]) => JSON.stringify(value) !== JSON.stringify(stored[name]))),
    ...(fields.secret !== "" && { zuora_client_secret: fields.secret }),
    verify: fields.verify,
  };
}

/** The names of the fields in the API, which may refuse each of them. */
export const API_NAMES = {
  baseUrl: "zuora_base_url",
  clientId: "zuora_client_id",
  secret: "zuora_client_secret",
  name: "name",
  environment: "environment",
  frequency: "sync_frequency",
  guardCount: "delete_guard.count",
  guardPercent: "delete_guard.percent",
  tags: "tags",
  owner: "owner",
  notes: "notes",
} as const satisfies Partial<Record<keyof Fields, LabelledField>>;
export type Name = keyof typeof API_NAMES;
export type FieldErrors = Partial<Record<Name, string>>;

/** What to do about a required field that is empty. */
const MISSING: FieldErrors = {
  name: "Enter a name.",
  clientId: "Enter the client ID.",
  secret: "Enter the client secret.",
  baseUrl: "Choose an endpoint, or enter an address.",
};

/** The errors of the fields that have not been edited since they were sent. */
export function fieldErrors(error: unknown, sent: Fields | undefined, fields: Fields): FieldErrors {
  const names = (Object.keys(API_NAMES) as Name[]).filter((name) => sent?.[name] === fields[name]);
  const errors = names.map((name) => {
    const text = fieldError(error, `/${API_NAMES[name].replace(".", "/")}`);
    return [name, text && fields[name] === "" ? (MISSING[name] ?? text) : text] as const;
  });
  return Object.fromEntries(errors.filter(([, text]) => text !== undefined));
}

/** Returns true if nothing was edited between the two. */
export function isSame(before: Fields, after: Fields): boolean {
  return JSON.stringify(before) === JSON.stringify(after);
}

/** Returns true if a test of the one holds for the other. */
export function hasSameCredentials(before: Fields, after: Fields): boolean {
  return before.baseUrl === after.baseUrl && before.clientId === after.clientId && before.secret === after.secret;
}
