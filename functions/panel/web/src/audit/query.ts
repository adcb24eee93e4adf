// The filters of the audit as requests.

import { body, type Api, type AuditAction, type AuditRecord } from "../api/client";
import type { Filter } from "../components/filter";
import { labelled } from "../components/filter";
import type { Page } from "../components/ServerTable";
import { isPeriod, spanOf } from "./period";
import { ACTIONS } from "./words";

export const OUTCOMES = { done: "Done", refused: "Refused" } as const;

/** What the address of the page keeps. */
export const FILTERS: readonly Filter[] = [
  { key: "customer_id", label: "Customer" },
  { key: "actor", label: "Person" },
  { key: "action", label: "Action", options: labelled(ACTIONS) },
  { key: "outcome", label: "Outcome", options: labelled(OUTCOMES) },
  { key: "period", label: "Period" },
  { key: "since", label: "From", isMoment: true },
  { key: "until", label: "To", isMoment: true },
];

type Query = Readonly<Record<string, string | number>>;

/** A page of the records that match. */
export async function auditPage(api: Api, { customer_id, period, ...others }: Query): Promise<Page<AuditRecord>> {
  const span = typeof period === "string" && isPeriod(period) ? spanOf(period, new Date()) : {};
  const query = { ...others, ...span } as { action?: AuditAction };
  if (!customer_id) return body(await api.GET("/v1/audit", { params: { query } }));
  const path = { customer_id: String(customer_id) };
  return body(await api.GET("/v1/customers/{customer_id}/audit", { params: { path, query } }));
}
