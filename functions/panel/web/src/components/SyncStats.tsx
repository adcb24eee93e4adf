import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";

import type { Stats } from "../api/client";

const NAMES = ["created", "updated", "unchanged", "deleted", "errors", "total"] as const;

/** The statistics of a sync. */
export function SyncStats({ stats }: { stats: Stats }) {
  return (
    <KeyValuePairs
      columns={4}
      items={NAMES.map((name) => ({
        label: name.charAt(0).toUpperCase() + name.slice(1),
        value: <span data-testid={`stat-${name}`}>{stats[name].toLocaleString("en")}</span>,
      }))}
    />
  );
}
