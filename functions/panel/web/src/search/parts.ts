// What is found comes in parts: the API answers after two seconds, found or not, and says where it goes on.

import { useInfiniteQuery } from "@tanstack/react-query";

export interface Part<Item> {
  readonly items: readonly Item[];
  /** Workflows that may be missing, at most. */
  readonly not_indexed: number;
  readonly next_cursor?: string | null;
}

/** Maximum number of requests until the user is asked. */
const MOST_REQUESTS = 5;

/** The part at the cursor, together with those behind it until something is found. */
export async function untilFound<Item>(
  cursor: string | undefined,
  load: (cursor: string | undefined) => Promise<Part<Item>>,
): Promise<Part<Item>> {
  let part = await load(cursor);
  let missing = part.not_indexed;
  for (let requests = 1; part.items.length === 0 && part.next_cursor && requests < MOST_REQUESTS; requests += 1) {
    part = await load(part.next_cursor);
    missing += part.not_indexed;
  }
  return { ...part, not_indexed: missing };
}

interface Properties<Item> {
  readonly queryKey: readonly unknown[];
  readonly load: (cursor: string | undefined, signal: AbortSignal) => Promise<Part<Item>>;
  readonly isWanted?: boolean;
}

export function useParts<Item>({ queryKey, load, isWanted = true }: Properties<Item>) {
  const found = useInfiniteQuery({
    queryKey,
    enabled: isWanted,
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam, signal }) => untilFound(pageParam, (cursor) => load(cursor, signal)),
    getNextPageParam: ({ next_cursor }) => next_cursor ?? undefined,
    select: ({ pages }) => ({
      items: pages.flatMap(({ items }) => items),
      notIndexed: pages.reduce((sum, { not_indexed }) => sum + not_indexed, 0),
    }),
    staleTime: 60_000,
    // All parts would be read again.
    refetchOnWindowFocus: false,
  });
  return {
    of: found,
    rest: { hasMore: found.hasNextPage, isLoading: found.isFetchingNextPage, more: () => void found.fetchNextPage() },
  };
}
