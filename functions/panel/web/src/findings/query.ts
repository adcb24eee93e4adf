// The filters of the list over all customers, and its pages.

import { body, type Api, type ListedFinding } from "../api/client";
import { labelled, YES, type Filter } from "../components/filter";
import type { Page } from "../components/ServerTable";
import { byLevel, LEVELS } from "./levels";
import { RULES } from "./rules";

export const FILTERS: readonly Filter[] = [
  { key: "level", label: "Level", options: labelled(LEVELS) },
  {
    key: "rule",
    label: "Rule",
    options: Object.entries(RULES).map(([value, title]) => ({ value, label: `${value}: ${title}` })),
  },
  { key: "suppressed", label: "With suppressed ones", options: YES },
];

/** A page of the findings that match, the worst first: the API lists them customer by customer. */
export async function findingsPage(api: Api, query: Readonly<Record<string, string | number>>): Promise<Page<ListedFinding>> {
  const page = body(await api.GET("/v1/findings", { params: { query } }));
  return { ...page, items: page.items.toSorted(byLevel) };
}

/** The page of its workflow. */
export function addressOf(
  { customer_id, zuora_id }: ListedFinding,
  shown: { readonly tab: string; readonly task?: string },
): string {
  return `#/customers/${customer_id}/workflows/${zuora_id}?${new URLSearchParams(shown)}`;
}
