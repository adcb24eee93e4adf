// What is wrong, and behind it why, and what to do about it.

import Box from "@cloudscape-design/components/box";
import ExpandableSection from "@cloudscape-design/components/expandable-section";

import type { WorkflowFinding } from "../api/client";
import { Level } from "./Level";
import { ownerInWords, placeInWords, suppressionInWords } from "./words";

interface Properties {
  readonly finding: WorkflowFinding;
  /** Tells level, task and place too, which have no columns of their own. */
  readonly isWhole?: boolean;
}

export function What({ finding, isWhole = false }: Properties) {
  const { rule, title, why, level, path, remedy } = finding;
  const suppression = suppressionInWords(finding);
  return (
    <div className="breaks">
      {isWhole && <Level level={level} />}
      <ExpandableSection variant="inline" headerText={`${title} (${rule})`}>
        <Box variant="p">{why}</Box>
        <Box variant="p">{remedy}</Box>
      </ExpandableSection>
      {isWhole && (
        <Box color="text-body-secondary" fontSize="body-s">
          {ownerInWords(finding)}: {placeInWords(path)} ({path})
        </Box>
      )}
      {suppression !== undefined && (
        <Box color="text-body-secondary" fontSize="body-s">
          {suppression}
        </Box>
      )}
    </div>
  );
}
