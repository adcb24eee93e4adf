// Lists that are wanted as a whole, page by page, up to a bound.

import type { Page } from "../components/ServerTable";

/** The most that the API gives at a time. */
const PAGE = 200;
/** How many such pages are read at most, unless told. */
const MAX_PAGES = 10;

/** How many requests are made for what would fit one page: a page may be shorter than it could be, where a filter leaves little. */
const REQUESTS_A_PAGE = 5;

/** The items, and whether there are more than were read. */
export async function collect<Item>(
  load: (query: { limit: number; cursor?: string }) => Promise<Page<Item>>,
  maxPages = MAX_PAGES,
): Promise<{ readonly items: readonly Item[]; readonly isCut: boolean }> {
  const items: Item[] = [];
  let cursor: string | undefined;
  for (let requests = 0; requests < REQUESTS_A_PAGE * maxPages && items.length < PAGE * maxPages; requests += 1) {
    const answer = await load({ limit: PAGE, ...(cursor ? { cursor } : {}) });
    items.push(...answer.items);
    cursor = answer.next_cursor ?? undefined;
    if (!cursor) return { items, isCut: false };
  }
  return { items, isCut: true };
}
