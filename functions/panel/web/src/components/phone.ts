import { useSyncExternalStore } from "react";

/** As narrow as the layout's own step to a phone. */
const phone = window.matchMedia("(max-width: 688px)");

function subscribe(changed: () => void): () => void {
  phone.addEventListener("change", changed);
  return () => phone.removeEventListener("change", changed);
}

/** Returns true while the window is as narrow as a phone. */
export function useIsPhone(): boolean {
  return useSyncExternalStore(subscribe, () => phone.matches);
}
