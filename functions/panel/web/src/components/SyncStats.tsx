import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";

import type { Stats } from "../api/client";
import { Hint } from "./Hint";

const NAMES = ["created", "updated", "unchanged", "deleted", "errors", "total"] as const;

/** The statistics of a sync. */
export function SyncStats({ stats }: { stats: Stats }) {
  return (
    <KeyValuePairs
      columns={4}
      items={NAMES.map((name) => ({
        label: name.charAt(0).toUpperCase() + name.slice(1),
        value: (
          <>
            <span data-testid={`stat-${name}`}>{stats[name].toLocaleString("en")}</span>
            {name === "unchanged" && <Rewritten count={stats.rewritten ?? 0} />}
          </>
        ),
      }))}
    />
  );
}

function Rewritten({ count }: { count: number }) {
  if (count === 0) return null;
  return (
    <>
      {" ("}
      <Hint text="Zuora exported other bytes that mean the same. They were stored; nothing changed." isTold>
        <span data-testid="stat-rewritten">{count.toLocaleString("en")}</span> rewritten
      </Hint>
      {")"}
    </>
  );
}
