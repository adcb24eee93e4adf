// The address of a customer's Zuora: what a browser shows, and the REST address that belongs to it.

import type { ZuoraHost } from "../api/client";
import type { Fields } from "./fields";

/**
 * The data centers that an address of the browser may belong to: one if its host tells, all of Zuora's list if it is Zuora's and
 * does not tell, and none if it is no address of the browser.
 */
export function dataCenters(address: string, known: readonly ZuoraHost[]): readonly ZuoraHost[] {
  const host = hostOf(address);
  if (host === undefined || host.startsWith("rest.")) return [];
  const certain = known.filter(({ app_hosts }) => app_hosts.includes(host));
  if (certain.length > 0) return certain;
  return host.endsWith(".zuora.com") ? known.filter(({ on_zuoras_list }) => on_zuoras_list) : [];
}

/** What choosing a base URL changes: of a new customer also what suits customers there. */
export function choice(baseUrl: string, known: readonly ZuoraHost[], isNew: boolean): Partial<Fields> {
  const host = known.find((one) => one.base_url === baseUrl);
  const suits = host && { environment: host.environment, frequency: host.recommended_frequency };
  return { baseUrl, ...(isNew && suits) };
}

function hostOf(address: string): string | undefined {
  const text = address.trim();
  const url = /^https?:\/\//i.test(text) ? text : `https://${text}`;
  return URL.canParse(url) ? new URL(url).hostname : undefined;
}
