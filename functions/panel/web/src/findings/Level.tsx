import StatusIndicator from "@cloudscape-design/components/status-indicator";

import type { FindingLevel } from "../api/client";
import { LEVELS } from "./levels";

/** How bad a finding is, by shape, color and word. */
export function Level({ level }: { level: FindingLevel }) {
  return <StatusIndicator type={level}>{LEVELS[level]}</StatusIndicator>;
}
