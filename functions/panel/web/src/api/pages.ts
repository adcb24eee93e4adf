// Lists that are wanted as a whole, page by page, up to a bound.

import type { Page } from "../parts/ServerTable";

/** How many pages of 200 are read at most, unless told. */
const MAX_PAGES = 10;

/** The items, and whether there are more than were read. */
export async function all<Item>(
  load: (query: { limit: number; cursor?: string }) => Promise<Page<Item>>,
  maxPages = MAX_PAGES,
): Promise<{ readonly items: readonly Item[]; readonly isCut: boolean }> {
  const items: Item[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < maxPages; page += 1) {
    const answer = await load({ limit: 200, ...(cursor ? { cursor } : {}) });
    items.push(...answer.items);
    cursor = answer.next_cursor ?? undefined;
    if (!cursor) return { items, isCut: false };
  }
  return { items, isCut: true };
}
