// JSON to be read: laid out, every number and key as it was sent.

import { CodeView } from "@cloudscape-design/code-view";
import jsonHighlight from "@cloudscape-design/code-view/highlight/json";
import Alert from "@cloudscape-design/components/alert";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useMemo } from "react";

import { indented } from "../parts/json";

/** Above this many characters, colours would make the page slow. */
const COLOURED = 200_000;
/** Above this many, the page would not answer any more. */
const SHOWN = 1_000_000;

export function Code({ json }: { json: string }) {
  const text = useMemo(() => indented(json), [json]);
  return (
    <SpaceBetween size="s">
      {text.length > SHOWN && <Alert type="info">This is its beginning: the whole is too long to be shown.</Alert>}
      <CodeView
        content={text.slice(0, SHOWN)}
        lineNumbers
        wrapLines
        {...(text.length < COLOURED ? { highlight: jsonHighlight } : {})}
      />
    </SpaceBetween>
  );
}
