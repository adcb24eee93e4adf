// What of a workflow is shown, in the address: the tab and the chosen task survive a reload, and a link can name them.

import { useCallback, useEffect, useRef } from "react";
import { useNavigate, useSearchParams } from "react-router";

interface Shown {
  readonly tab: string;
  /** Id of the chosen task. */
  readonly task: string | undefined;
}

/** Shows something else; `show` stays the same function. */
export function useShown(): Shown & { readonly show: (changed: Partial<Shown>) => void } {
  const [parameters] = useSearchParams();
  const navigate = useNavigate();
  const tab = parameters.get("tab") ?? "graph";
  const task = parameters.get("task") ?? undefined;
  const shown = useRef<Shown>({ tab, task });
  useEffect(() => {
    shown.current = { tab, task };
  }, [tab, task]);
  const show = useCallback(
    (changed: Partial<Shown>) => void navigate(addressOf({ ...shown.current, ...changed }), { replace: true }),
    [navigate],
  );
  return { tab, task, show };
}

function addressOf({ tab, task }: Shown): string {
  return `?${new URLSearchParams({ tab, ...(task === undefined ? {} : { task }) })}`;
}
