import Badge from "@cloudscape-design/components/badge";
import Link from "@cloudscape-design/components/link";
import SpaceBetween from "@cloudscape-design/components/space-between";

import { TAG_FILTER } from "./health";

/** Tags as small badges; each leads to the customers that have it. */
export function Tags({ tags }: { tags: readonly string[] }) {
  if (tags.length === 0) return <>-</>;
  return (
    <SpaceBetween direction="horizontal" size="xxs">
      {tags.map((tag) => (
        <Link key={tag} href={`#/customers?${TAG_FILTER.key}=${encodeURIComponent(tag)}`} ariaLabel={`Customers tagged ${tag}`}>
          <Badge>{tag}</Badge>
        </Link>
      ))}
    </SpaceBetween>
  );
}
