// The search in the top bar: customers, workflows and pasted ids. `/` leads to it from anywhere.

import Autosuggest, { type AutosuggestProps } from "@cloudscape-design/components/autosuggest";
import { useEffect, useRef, useState, type RefObject } from "react";
import { useNavigate } from "react-router";

import { sentence } from "../api/problem";
import { MIN_LENGTH, useFound } from "./found";
import { pageOf, type Hit } from "./hit";

/** After the last key, so that a word is one request. */
const PAUSE_MS = 250;

export function Search() {
  const navigate = useNavigate();
  const [text, setText] = useState("");
  const input = useRef<AutosuggestProps.Ref>(null);
  const place = useRef<HTMLDivElement>(null);
  useSlash(place, input);
  const sought = usePaused(text.trim());
  const page = pageOf(text.trim());
  const found = useFound(sought);
  const isCurrent = sought === text.trim();
  const hits = page ? [page] : isCurrent ? [...found.customers, ...found.workflows] : [];

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
          // Enter without a choice takes the first.
          const isChosen = place.current?.querySelector("input")?.hasAttribute("aria-activedescendant");
          if (detail.key === "Enter" && !isChosen && hits[0]) goTo(hits[0].value);
        }}
        options={page ? [page] : isCurrent ? grouped(found) : []}
        filteringType="manual"
        hideEnteredTextOption
        ariaLabel="Search customers, workflows and IDs"
        placeholder="Search customers, workflows, IDs ( / )"
        statusType={page ? "finished" : found.error ? "error" : found.isLoading || !isCurrent ? "loading" : "finished"}
        loadingText="Searching"
        errorText={found.error ? sentence(found.error) : ""}
        empty={text.trim().length < MIN_LENGTH ? "Type at least two characters." : "Nothing found."}
      />
    </div>
  );
}

function grouped({ customers, workflows }: { customers: readonly Hit[]; workflows: readonly Hit[] }) {
  return [
    ...(customers.length > 0 ? [{ label: "Customers", options: customers }] : []),
    ...(workflows.length > 0 ? [{ label: "Workflows that begin with it", options: workflows }] : []),
  ];
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
