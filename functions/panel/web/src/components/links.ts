import type { MouseEvent } from "react";
import { useNavigate } from "react-router";

/** Follows the panel's own links by the router, which then knows a step forward from a step back and can be asked to wait. */
export function useLinks(): (event: MouseEvent) => void {
  const navigate = useNavigate();
  return (event) => {
    const link = event.target instanceof Element ? event.target.closest("a") : null;
    const href = link?.getAttribute("href");
    const isPlain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
    if (event.defaultPrevented || !isPlain || link?.target || !href?.startsWith("#/")) return;
    event.preventDefault();
    void navigate(href.slice(1));
  };
}
