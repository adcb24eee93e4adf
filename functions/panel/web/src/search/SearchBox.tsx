// The search box in the top bar: customers, workflows, pasted ids, and the way to the search inside definitions. `/` leads to it
// from anywhere.

import Autosuggest, { type AutosuggestProps } from "@cloudscape-design/components/autosuggest";
import { useEffect, useRef, useState, type RefObject } from "react";
import { useNavigate } from "react-router";

import { sentence } from "../api/problem";
import { isLongEnough, KINDS, searchPath, TOO_SHORT } from "./asked";
import { pageOf, type Hit } from "./hit";
import { useQuick } from "./useQuick";

/** After the last key, so that a word is one request. */
const PAUSE_MS = 250;

export function SearchBox() {
  const navigate = useNavigate();
  const [text, setText] = useState("");
  const input = useRef<AutosuggestProps.Ref>(null);
  const place = useRef<HTMLDivElement>(null);
  useSlash(place, input);
  const now = text.trim();
  const sought = usePaused(now);
  const page = pageOf(now);
  const quick = useQuick(sought);
  const isCurrent = sought === now;
  const isLoading = quick.isLoading || !isCurrent;
  const groups = page ? [page] : [...(isCurrent ? names(quick) : []), ...(isLongEnough(now, "text") ? [inside(now)] : [])];
  const [first] = groups.flatMap((one) => ("options" in one ? one.options : [one]));

  const goTo = (path: string) => {
    setText("");
    place.current?.querySelector("input")?.blur();
    void navigate(path);
  };
  return (
    <div ref={place} role="search">
      <Autosuggest
        ref={input}
        value={text}
        onChange={({ detail }) => setText(detail.value)}
        onSelect={({ detail }) => goTo(detail.value)}
        onKeyDown={({ detail }) => {
          // Enter without a choice takes the first, or leads to the page that finds it.
          const isChosen = place.current?.querySelector("input")?.hasAttribute("aria-activedescendant");
          if (detail.key === "Enter" && !isChosen && first) goTo(page || !isLoading ? first.value : searchPath(now));
        }}
        options={groups}
        filteringType="manual"
        hideEnteredTextOption
        ariaLabel="Search customers, workflows, IDs and definitions"
        placeholder="Search everything ( / )"
        statusType={page ? "finished" : quick.error ? "error" : isLoading ? "loading" : "finished"}
        loadingText="Searching"
        errorText={quick.error ? sentence(quick.error) : ""}
        empty={TOO_SHORT}
      />
    </div>
  );
}

interface Group {
  readonly label: string;
  readonly options: readonly Hit[];
}

function names({ customers, workflows, more }: Pick<ReturnType<typeof useQuick>, "customers" | "workflows" | "more">) {
  return [
    ...(customers.length > 0 ? [{ label: "Customers", options: customers }] : []),
    ...(workflows.length > 0 ? [{ label: "Workflows", options: workflows }] : []),
    ...more,
  ];
}

/** Leads to the page that searches more than names. */
function inside(text: string): Group {
  const options = (["text", "host", "email", "field", "constant"] as const).map((kind) => ({
    value: searchPath(text, kind),
    label: KINDS[kind],
  }));
  return { label: "Search inside definitions", options };
}

/** The text once it has stayed the same for a moment. */
function usePaused(text: string): string {
  const [paused, setPaused] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setPaused(text), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [text]);
  return paused;
}

/** `/` moves the focus into the search, unless something is being typed or a dialog is open. */
function useSlash(place: RefObject<HTMLElement | null>, input: RefObject<AutosuggestProps.Ref | null>): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const isTyping =
        event.target instanceof Element && event.target.closest("input, textarea, select, [contenteditable], [role=dialog]");
      // The bar contains its parts twice: once unseen, to measure them.
      const isUnseen = place.current?.closest("[aria-hidden=true]");
      if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || isTyping || isUnseen) return;
      event.preventDefault();
      input.current?.focus();
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, [place, input]);
}
