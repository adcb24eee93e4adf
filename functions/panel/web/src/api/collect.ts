// Reading a whole list page by page, up to a limit.

import type { Page } from "../components/ServerTable";

/** Maximum page size of the API. */
const PAGE = 200;
/** Default limit, in such pages. */
const MAX_PAGES = 10;

/** Requests allowed per full page of items: with a selective filter, pages are shorter. */
const REQUESTS_A_PAGE = 5;

/** The items, and whether the limit cut them off. */
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
