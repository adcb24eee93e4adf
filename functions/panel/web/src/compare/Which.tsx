// Whether all workflows are shown or those that differ, in the page's address.

import SegmentedControl from "@cloudscape-design/components/segmented-control";
import { useSearchParams } from "react-router";

export function useIsAll(): boolean {
  const [parameters] = useSearchParams();
  return parameters.get("show") === "all";
}

export function Which() {
  const isAll = useIsAll();
  const [, setParameters] = useSearchParams();
  const show = (which: string) =>
    setParameters(
      (current) => {
        const next = new URLSearchParams(current);
        if (which === "all") next.set("show", "all");
        else next.delete("show");
        return next;
      },
      { replace: true },
    );
  return (
    <SegmentedControl
      label="Workflows that are shown"
      selectedId={isAll ? "all" : "differing"}
      options={[
        { id: "differing", text: "What differs" },
        { id: "all", text: "Everything" },
      ]}
      onChange={({ detail }) => show(detail.selectedId)}
    />
  );
}
