// The control that turns the pages of a list, in the same words everywhere.

import Pagination, { type PaginationProps } from "@cloudscape-design/components/pagination";

export function PageTurner(properties: Omit<PaginationProps, "ariaLabels">) {
  return (
    <Pagination
      {...properties}
      ariaLabels={{
        nextPageLabel: "Next page",
        previousPageLabel: "Previous page",
        pageLabel: (number) => `Page ${number}`,
      }}
    />
  );
}
