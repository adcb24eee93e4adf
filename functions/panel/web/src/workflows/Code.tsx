// Formatted JSON, with every number and key as it was sent.

import "./code.css";

import { CodeView } from "@cloudscape-design/code-view";
import jsonHighlight from "@cloudscape-design/code-view/highlight/json";
import { useMemo } from "react";

import { indented } from "../components/json";

/** Above this many characters, highlighting and line numbers would freeze the page. */
const HIGHLIGHTED = 30_000;

export function Code({ json }: { json: string }) {
  const text = useMemo(() => indented(json), [json]);
  if (text.length > HIGHLIGHTED) return <pre className="code">{text}</pre>;
  return <CodeView content={text} lineNumbers wrapLines highlight={jsonHighlight} />;
}
