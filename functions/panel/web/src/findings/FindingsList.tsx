import SpaceBetween from "@cloudscape-design/components/space-between";

import type { WorkflowFinding } from "../api/client";
import { What } from "./What";

/** Findings one below the other, where there is no room for a table. */
export function FindingsList({ findings }: { findings: readonly WorkflowFinding[] }) {
  return (
    <SpaceBetween size="m">
      {findings.map((finding, at) => (
        <What key={at} finding={finding} isWhole />
      ))}
    </SpaceBetween>
  );
}
