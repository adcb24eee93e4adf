import Box from "@cloudscape-design/components/box";
import SpaceBetween from "@cloudscape-design/components/space-between";

import type { Change } from "../api/client";
import { Schedule } from "../components/Schedule";
import { told, type Sentence } from "./sentences";

/** A change in sentences; `isWhole` with the line that is about nothing that the workflow does. */
export function WhatChanged({ change, isWhole }: { change: Change; isWhole: boolean }) {
  const { sentences, rest } = told(change);
  return (
    <SpaceBetween size="xxs">
      {sentences.map((sentence, index) => (
        <InWords key={index} sentence={sentence} />
      ))}
      {rest !== undefined && (isWhole || sentences.length === 0) && (
        <Box color="text-body-secondary" fontSize="body-s">
          {rest}
        </Box>
      )}
    </SpaceBetween>
  );
}

/** The number of paths that are shown. */
const PATHS = 5;

function InWords({ sentence: { pieces, paths = [] } }: { sentence: Sentence }) {
  return (
    <div>
      {pieces.map((piece, index) =>
        typeof piece === "string" ? piece : <Schedule key={index} cron={piece.cron} timezone={piece.timezone} />,
      )}
      {paths.length > 0 && (
        <Box variant="span" color="text-body-secondary" fontSize="body-s">
          {` (${paths.slice(0, PATHS).join(", ")}${paths.length > PATHS ? ", …" : ""})`}
        </Box>
      )}
    </div>
  );
}
