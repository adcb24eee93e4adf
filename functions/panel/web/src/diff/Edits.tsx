// Fields that differ, each with its values.

import Box from "@cloudscape-design/components/box";
import SpaceBetween from "@cloudscape-design/components/space-between";

import { Classes } from "../changes/Classes";
import { fieldInWords } from "../changes/names";
import type { Edit } from "./diff";
import { SideBySide } from "./SideBySide";

/** What the API shows in place of a credential. */
const MASK = "***";

/** `of` is what they are fields of, for screen readers. */
export function Edits({ edits, of }: { edits: readonly Edit[]; of: string }) {
  return (
    <SpaceBetween size="s">
      {edits.map((edit) => (
        <SpaceBetween key={edit.path} size="xxs">
          <SpaceBetween direction="horizontal" size="xs" alignItems="center">
            <b>{fieldInWords(edit.path)}</b>
            <Box variant="code">
              <span className="breaks">{edit.path}</span>
            </Box>
            <Classes of={[edit.class]} />
          </SpaceBetween>
          <Values edit={edit} of={of} />
        </SpaceBetween>
      ))}
    </SpaceBetween>
  );
}

function Values({ edit: { path, before, after, masked, left_out }, of }: { edit: Edit; of: string }) {
  if (left_out) return <Box color="text-body-secondary">The values are too long to be shown here.</Box>;
  const hidden = (value: string | undefined) => (value === MASK ? "(hidden)" : value);
  return (
    <>
      {masked && (
        <Box color="text-body-secondary">A credential in it is hidden on both sides, so that a difference may not be seen.</Box>
      )}
      <SideBySide before={hidden(before)} after={hidden(after)} label={`${path} of ${of}`} />
    </>
  );
}
