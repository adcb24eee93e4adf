import { useEffect } from "react";

/** Names the page in the title of the browser's tab. */
export function useTitle(title: string): void {
  useEffect(() => {
    document.title = `${title} - Zuora Workflow Manager`;
  }, [title]);
}
