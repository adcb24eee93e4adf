// Asks before unsaved input is lost: by a link, by Back, or when the tab is closed.

import { useEffect } from "react";
import { useBlocker } from "react-router";

import { Confirm } from "../components/Confirm";

/** The state of a navigation that loses nothing, because everything was saved. */
export const SAVED = { state: { isSaved: true } } as const;

export function LeaveGuard({ isDirty }: { isDirty: boolean }) {
  const blocker = useBlocker(({ currentLocation, nextLocation }) => {
    const isSaved = (nextLocation.state as { isSaved?: boolean } | null)?.isSaved;
    return isDirty && !isSaved && currentLocation.pathname !== nextLocation.pathname;
  });
  useEffect(() => {
    if (!isDirty) return undefined;
    // The browser asks in its own words.
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener("beforeunload", ask);
    return () => window.removeEventListener("beforeunload", ask);
  }, [isDirty]);
  if (blocker.state !== "blocked") return null;
  return (
    <Confirm
      title="Leave without saving?"
      action="Leave"
      leave="Stay"
      isBusy={false}
      error={undefined}
      onConfirm={() => blocker.proceed()}
      onClose={() => blocker.reset()}
    >
      What you entered is not saved.
    </Confirm>
  );
}
