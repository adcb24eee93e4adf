import Box from "@cloudscape-design/components/box";

import { placeInWords } from "./words";

/** The field of a finding in words, with its path. */
export function Place({ path }: { path: string }) {
  return (
    <div className="breaks">
      <div>{placeInWords(path)}</div>
      <Box variant="span" color="text-body-secondary" fontSize="body-s">
        {path}
      </Box>
    </div>
  );
}
