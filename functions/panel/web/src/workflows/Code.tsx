// Formatted JSON, with every number and key as it was sent. Only the lines in view are in the page, so any length is shown at once.
//
// The viewer lies in a shadow tree: there CodeMirror brings its styles as a style sheet object, which the content security policy
// allows; in the document it would add a style element, which the policy refuses.

import "./code.css";

import type { InputProps } from "@cloudscape-design/components/input";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { json as jsonLanguage } from "@codemirror/lang-json";
import { HighlightStyle, syntaxHighlighting } from "@codemirror/language";
import { openSearchPanel, search, SearchQuery, setSearchQuery } from "@codemirror/search";
import { EditorState, type Extension } from "@codemirror/state";
import { EditorView, lineNumbers } from "@codemirror/view";
import { tags } from "@lezer/highlight";
import { useCallback, useMemo, useRef, useState, type Ref } from "react";

import { indented } from "../components/json";
import { FindField } from "./FindField";

interface Properties {
  readonly json: string;
  /** What the text is, for screen readers. */
  readonly label: string;
  /** Offers to find a text in it. */
  readonly isSearchable?: boolean;
}

export default function Code({ json, label, isSearchable = false }: Properties) {
  const text = useMemo(() => indented(json), [json]);
  const [view, setView] = useState<EditorView>();
  const field = useRef<InputProps.Ref>(null);
  const show = useCallback(
    (host: HTMLDivElement) => {
      const root = host.shadowRoot ?? host.attachShadow({ mode: "open" });
      const shown = new EditorView({ parent: root, root, state: stateOf(text, label) });
      openSearchPanel(shown);
      setView(shown);
      return () => shown.destroy();
    },
    [text, label],
  );
  return (
    <div
      onKeyDown={(event) => {
        // The browser would find only what is in view.
        if (!isSearchable || event.key !== "f" || !(event.ctrlKey || event.metaKey)) return;
        event.preventDefault();
        field.current?.select();
      }}
    >
      <SpaceBetween size="s">
        {isSearchable && view && <Find view={view} field={field} />}
        <div ref={show} className="code" />
      </SpaceBetween>
    </div>
  );
}

interface Match {
  readonly from: number;
  readonly to: number;
}

/** Maximum number of matches counted: a letter is found everywhere. */
const MOST_FOUND = 10_000;

function Find({ view, field }: { view: EditorView; field: Ref<InputProps.Ref> }) {
  const [matches, setMatches] = useState<readonly Match[]>([]);
  return (
    <FindField
      ref={field}
      label="Find in the definition"
      find={(text) => {
        const query = new SearchQuery({ search: text, literal: true });
        const found = query.valid ? matchesOf(query, view.state) : [];
        view.dispatch({ effects: setSearchQuery.of(query) });
        setMatches(found);
        return found.length;
      }}
      show={(index) => {
        const match = matches[index];
        if (!match) return;
        const selection = { anchor: match.from, head: match.to };
        view.dispatch({ selection, effects: EditorView.scrollIntoView(match.from, { y: "center" }) });
      }}
    />
  );
}

function matchesOf(query: SearchQuery, state: EditorState): readonly Match[] {
  const cursor = query.getCursor(state);
  const found: Match[] = [];
  for (let next = cursor.next(); !next.done && found.length < MOST_FOUND; next = cursor.next()) found.push(next.value);
  return found;
}

function stateOf(text: string, label: string): EditorState {
  return EditorState.create({ doc: text, extensions: [VIEWER, EditorView.contentAttributes.of({ "aria-label": label })] });
}

const VIEWER: Extension = [
  EditorState.readOnly.of(true),
  EditorView.editable.of(false),
  EditorView.contentAttributes.of({ tabindex: "0", "aria-readonly": "true" }),
  EditorView.lineWrapping,
  lineNumbers(),
  jsonLanguage(),
  syntaxHighlighting(
    HighlightStyle.define([
      { tag: tags.propertyName, color: "var(--code-key)" },
      { tag: tags.string, color: "var(--code-text)" },
      { tag: [tags.number, tags.bool, tags.null], color: "var(--code-value)" },
    ]),
  ),
  // Matches are marked while a panel is open; the field to find them is the panel's own.
  search({ top: true, createPanel: () => ({ dom: document.createElement("div"), top: true }) }),
  EditorView.theme({
    "&": { maxHeight: "inherit" },
    "&.cm-focused": { outline: "2px solid var(--code-focus)" },
    ".cm-scroller": { fontFamily: "ui-monospace, Menlo, Consolas, monospace", fontSize: "13px", lineHeight: "20px" },
    ".cm-gutters": { color: "var(--code-faint)", background: "var(--code-paper)", borderRight: "1px solid var(--code-line)" },
    ".cm-panels": { display: "none" },
    ".cm-searchMatch": { background: "var(--code-match)" },
    ".cm-searchMatch-selected": { background: "var(--code-current)", outline: "1px solid var(--code-focus)" },
  }),
];
