// A file of the documentation, converted to HTML when the panel is built.

import "./help.css";

import TextContent from "@cloudscape-design/components/text-content";
import { useEffect, useMemo, useRef, type MouseEvent } from "react";

import { trusted } from "./trusted";

/** The text, scrolled to a section if one is given. */
export function Document({ html, section }: { html: string; section?: string | undefined }) {
  const text = useRef<HTMLDivElement>(null);
  // The same object at each rendering: another one would be put in anew, and the focus in it lost.
  const markup = useMemo(() => ({ __html: trusted(html) }), [html]);
  const show = (name: string) => {
    const heading = text.current?.querySelector<HTMLElement>(`#help-${CSS.escape(name)}`);
    heading?.focus({ preventScroll: true });
    if (heading) scrollTo(heading);
  };
  useEffect(() => {
    if (section) show(section);
  }, [section]);
  const follow = (event: MouseEvent) => {
    const name = event.target instanceof Element && event.target.closest("[data-section]")?.getAttribute("data-section");
    // With a modifier key the browser opens another tab or window.
    if (!name || event.ctrlKey || event.metaKey || event.shiftKey) return;
    // Stays on the page: the text may be open beside a form.
    event.preventDefault();
    show(name);
  };
  return (
    <TextContent>
      <div ref={text} className="help" onClick={follow} dangerouslySetInnerHTML={markup} />
    </TextContent>
  );
}

/** Scrolls only the text: `scrollIntoView` would also scroll the page beside it. */
function scrollTo(heading: HTMLElement): void {
  let around = heading.parentElement;
  while (around && getComputedStyle(around).overflowY !== "auto") around = around.parentElement;
  if (!around) return heading.scrollIntoView();
  const below = parseFloat(getComputedStyle(heading).scrollMarginTop);
  around.scrollTop += heading.getBoundingClientRect().top - around.getBoundingClientRect().top - below;
}
