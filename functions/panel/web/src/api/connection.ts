// Whether the API can be reached, for one message about it in place of one for each request.

import { useSyncExternalStore } from "react";

/** The moment of the first request without an answer; undefined while there are answers. */
let lostSince: number | undefined;
const listeners = new Set<() => void>();

/** Called for every request: whether it got an answer, of whatever kind. */
export function setReachable(isReachable: boolean): void {
  const since = isReachable ? undefined : (lostSince ?? Date.now());
  if (since === lostSince) return;
  lostSince = since;
  for (const changed of listeners) changed();
}

function subscribe(changed: () => void): () => void {
  listeners.add(changed);
  return () => listeners.delete(changed);
}

/** The moment since when the API cannot be reached; undefined if it can. */
export function useLostSince(): number | undefined {
  return useSyncExternalStore(subscribe, () => lostSince);
}
