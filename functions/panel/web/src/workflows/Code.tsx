// JSON to be read: laid out, every number and key as it was sent.

import "./code.css";

import { CodeView } from "@cloudscape-design/code-view";
import jsonHighlight from "@cloudscape-design/code-view/highlight/json";
import { useMemo } from "react";

import { indented } from "../components/json";

/** Above this many characters, colours and numbered lines would make the page stand still. */
const COLOURED = 200_000;

export function Code({ json }: { json: string }) {
  const text = useMemo(() => indented(json), [json]);
  if (text.length > COLOURED) return <pre className="code">{text}</pre>;
  return <CodeView content={text} lineNumbers wrapLines highlight={jsonHighlight} />;
}
