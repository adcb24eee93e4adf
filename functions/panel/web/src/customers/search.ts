// The search for the data center of a client: asked for in several calls, because one has little time.

import type { HostsTried, HostTried } from "../api/client";

/**
 * Asks again without the data centers that were tried until all were, or until a call tried none: then there is no place for more
 * just now. Shows what is known after each call.
 */
export async function search(
  ask: (skip: readonly string[]) => Promise<HostsTried>,
  show: (hosts: readonly HostTried[]) => void,
  known: readonly HostTried[],
): Promise<void> {
  let hosts = known;
  for (;;) {
    const tried = hosts.filter(isTried);
    const answer = await ask(tried.map(({ base_url }) => base_url));
    hosts = [...tried, ...answer.hosts];
    show(hosts);
    if (answer.complete || !answer.hosts.some(isTried)) return;
  }
}

export function isTried({ result }: HostTried): boolean {
  return result !== "not_tried";
}

/** What a data center said, as a status and in words. */
export function words({ result, can_list }: HostTried): readonly ["success" | "stopped" | "warning" | "pending", string] {
  switch (result) {
    case "accepted":
      if (can_list === true) return ["success", "Accepted"];
      return ["success", can_list === false ? "Accepted; the workflows may not be listed" : "Accepted; no workflows listed yet"];
    case "refused":
      return ["stopped", "Refused"];
    case "unreachable":
      return ["warning", "Could not be asked"];
    case "not_tried":
      return ["pending", "Not tried yet"];
  }
}

/** The result of a search in a sentence; none while data centers are left to try. */
export function conclusion(hosts: readonly HostTried[]): string | undefined {
  if (!hosts.every(isTried)) return undefined;
  const accepted = hosts.filter(({ result }) => result === "accepted").length;
  if (accepted === 1) return "One data center accepted the credentials.";
  if (accepted > 1)
    return "Several data centers accepted the credentials: a copied tenant has the client of its original. Choose yours.";
  return hosts.some(({ result }) => result === "unreachable")
    ? "No data center accepted the credentials, and some could not be asked. Check the client ID and the client secret, or search again later."
    : "No data center accepted the credentials. Check the client ID and the client secret.";
}
