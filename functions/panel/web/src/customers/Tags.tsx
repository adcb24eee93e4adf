import Badge from "@cloudscape-design/components/badge";
import Link from "@cloudscape-design/components/link";
import SpaceBetween from "@cloudscape-design/components/space-between";

import { replaced } from "../components/filter";
import { TAG_FILTER } from "./health";

interface Properties {
  readonly tags: readonly string[];
  /** The filters of the list that stay when it is filtered by a tag. */
  readonly filters?: URLSearchParams;
}

/** Tags as small badges; each leads to the customers that have it. */
export function Tags({ tags, filters = new URLSearchParams() }: Properties) {
  if (tags.length === 0) return <>-</>;
  return (
    <SpaceBetween direction="horizontal" size="xxs">
      {tags.map((tag) => (
        <Link
          key={tag}
          href={`#/customers?${replaced(filters, [TAG_FILTER], { [TAG_FILTER.key]: tag }).toString()}`}
          ariaLabel={`Customers tagged ${tag}`}
        >
          <Badge>{tag}</Badge>
        </Link>
      ))}
    </SpaceBetween>
  );
}
