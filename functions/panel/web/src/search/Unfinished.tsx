// What a list of hits does not say yet: whether it goes on, and what could not be searched.

import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import SpaceBetween from "@cloudscape-design/components/space-between";
import type { ReactNode } from "react";

import { counted } from "../components/counted";

export interface Rest {
  readonly hasMore: boolean;
  readonly isLoading: boolean;
  readonly more: () => void;
}

interface Properties {
  readonly rest: Rest;
  /** Workflows that may be missing, at most. */
  readonly notIndexed: number;
  /** Where what is missing is found meanwhile. */
  readonly instead?: ReactNode;
}

export function Unfinished({ rest: { hasMore, isLoading, more }, notIndexed, instead }: Properties) {
  return (
    <SpaceBetween size="s">
      {hasMore && (
        <SpaceBetween direction="horizontal" size="s" alignItems="center">
          <Button onClick={more} loading={isLoading} loadingText="Searching">
            More
          </Button>
          <Box color="text-body-secondary">Not everything was searched yet.</Box>
        </SpaceBetween>
      )}
      {notIndexed > 0 && (
        <Alert type="info">
          {counted(notIndexed, "workflow")} may be missing: what {notIndexed === 1 ? "it uses" : "they use"} is not known yet, or
          not wholly. The next sync of the customer goes on with that. {instead}
        </Alert>
      )}
    </SpaceBetween>
  );
}
