// A table over a list of the API: filters in the address, pages by the API's cursors, columns, widths and page size as the user
// set them. The browser never holds more than one page, so a list of 10,000 items is as fast as one of ten.

import Box from "@cloudscape-design/components/box";
import CollectionPreferences from "@cloudscape-design/components/collection-preferences";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Table from "@cloudscape-design/components/table";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState, type ReactNode } from "react";

import { arranged, byColumn, type Column } from "./columns";
import { CutsContext } from "./Cut";
import type { Filter } from "./filter";
import { Filters, useFilterValues } from "./Filters";
import { Refused } from "./Fallback";
import { PageTurner } from "./PageTurner";
import { useIsPhone } from "./phone";
import { PAGE_SIZES, usePreferences } from "./preferences";
import { Age } from "./time";
import { useTurns } from "./turns";

/** One page of a list. */
export interface Page<Item> {
  readonly items: readonly Item[];
  readonly next_cursor?: string | null;
}

interface Properties<Item, Shown extends Page<Item>> {
  /** Name of the list, under which the user's preferences are stored. */
  readonly name: string;
  /** Id of the parent, for a list that exists once per parent. */
  readonly of?: string;
  /** The header; may depend on the selected rows and on other data of the page. */
  readonly header: ReactNode | ((selected: readonly Item[], page: Shown | undefined) => ReactNode);
  /** A page of its own, or a part of one. */
  readonly variant?: "full-page" | "container";
  readonly columns: readonly Column<Item>[];
  /** Columns hidden by default. */
  readonly hidden?: readonly string[];
  /** The columns that a phone shows, in their order: the others need no sideways scrolling there. All if not given. */
  readonly phone?: readonly string[];
  /** Wraps long texts by default. */
  readonly isWrapped?: boolean;
  readonly filters?: readonly Filter[];
  /** In place of the usual one: what sets these filters in the address. */
  readonly filterBar?: ReactNode;
  readonly load: (query: Record<string, string | number>) => Promise<Shown>;
  readonly trackBy: (item: Item) => string;
  readonly empty: ReactNode;
  /** In milliseconds; may depend on the page. */
  readonly refetchInterval?: number | ((page: Shown | undefined) => number);
  /** Makes rows selectable, but not on a phone; without any, nothing can be selected. A selection survives a refetch. */
  readonly isSelectable?: (item: Item) => boolean;
  /** The name of a row for who does not see it; its id if not given. */
  readonly nameOf?: (item: Item) => string;
}

export function ServerTable<Item, Shown extends Page<Item> = Page<Item>>(properties: Properties<Item, Shown>) {
  const { name, filters = [], trackBy, nameOf = trackBy } = properties;
  const [preferences, setPreferences] = usePreferences(name, properties.columns, properties.hidden, properties.isWrapped);
  const phoneColumns = useIsPhone() ? properties.phone : undefined;
  const canSelect = (item: Item) => !phoneColumns && (properties.isSelectable?.(item) ?? false);
  const isWrapped = phoneColumns !== undefined || preferences.wrapLines === true;
  const limit = preferences.pageSize ?? PAGE_SIZES[0] ?? 20;
  const { cursors, index, turnTo } = useTurns(name, limit);
  const cursor = cursors[index];
  const [selectedIds, setSelected] = useState<readonly string[]>([]);

  const wanted = useFilterValues(filters);
  const isFiltered = Object.keys(wanted).length > 0;
  const pageKey = [name, properties.of, wanted, limit, cursor];
  const [shownKey, setShownKey] = useState(JSON.stringify(pageKey));
  if (shownKey !== JSON.stringify(pageKey)) {
    setShownKey(JSON.stringify(pageKey));
    setSelected([]);
  }
  const page = useQuery({
    queryKey: pageKey,
    queryFn: () => firstWithItems(cursor, (from) => properties.load({ ...wanted, limit, ...(from ? { cursor: from } : {}) })),
    placeholderData: keepPreviousData,
    refetchInterval: (query) => {
      const pace = properties.refetchInterval;
      return typeof pace === "function" ? pace(query.state.data) : (pace ?? false);
    },
  });
  // The rows of the previous page or filter stay visible until the new ones arrive, without actions.
  const isOther = page.isPlaceholderData;
  const next = (!isOther && page.data?.next_cursor) || undefined;
  const items = page.data?.items ?? [];
  const columns = properties.columns.filter(({ isNeeded }) => !isNeeded || items.length === 0 || items.some(isNeeded));
  // The current rows, not those at the time of the selection. What cannot be selected any more is not selected again later.
  const selected = isOther ? [] : items.filter((item) => selectedIds.includes(trackBy(item)) && canSelect(item));
  if (page.data && !isOther && selected.length < selectedIds.length) setSelected(selected.map(trackBy));

  return (
    <CutsContext value={!isWrapped}>
      <SpaceBetween size="s">
        {page.error ? <Refused error={page.error} title="The list could not be loaded" retry={page.refetch} /> : null}
        <Table
          variant={properties.variant ?? "full-page"}
          stickyHeader
          stickyColumns={{ first: 1, last: columns.at(-1)?.id === "actions" ? 1 : 0 }}
          header={typeof properties.header === "function" ? properties.header(selected, page.data) : properties.header}
          footer={
            page.dataUpdatedAt > 0 && (
              <Box textAlign="center" color="text-body-secondary" fontSize="body-s">
                {isOther ? (
                  "Loading"
                ) : (
                  <>
                    Updated <Age at={new Date(page.dataUpdatedAt).toISOString()} />
                  </>
                )}
              </Box>
            )
          }
          items={items}
          {...arranged(columns, preferences, phoneColumns)}
          wrapLines={isWrapped}
          onColumnWidthsChange={({ detail }) => setPreferences({ ...preferences, widths: byColumn(columns, detail.widths) })}
          trackBy={trackBy}
          loading={page.isLoading}
          loadingText="Loading"
          enableKeyboardNavigation
          ariaLabels={{
            selectionGroupLabel: "Selection",
            allItemsSelectionLabel: () => "Select all rows of this page",
            itemSelectionLabel: (_, item) => `Select ${nameOf(item)}`,
          }}
          empty={
            <Box textAlign="center" padding="l" color="inherit">
              {page.data && whyEmpty(properties.empty, isFiltered, index, next !== undefined)}
            </Box>
          }
          filter={properties.filterBar ?? (filters.length > 0 && <Filters filters={filters} />)}
          pagination={
            <PageTurner
              currentPageIndex={index + 1}
              pagesCount={cursors.length}
              disabled={isOther}
              openEnd={next !== undefined && index === cursors.length - 1}
              onChange={({ detail }) => turnTo(detail.currentPageIndex - 1, next)}
            />
          }
          preferences={
            <CollectionPreferences
              title="List preferences"
              confirmLabel="Confirm"
              cancelLabel="Cancel"
              preferences={preferences}
              onConfirm={({ detail }) => setPreferences({ ...preferences, ...detail })}
              pageSizePreference={{
                title: "Rows per page",
                options: PAGE_SIZES.map((value) => ({ value, label: `${value} rows` })),
              }}
              {...(!phoneColumns && {
                wrapLinesPreference: { label: "Wrap lines", description: "Show long texts in full" },
                contentDisplayPreference: {
                  title: "Columns",
                  options: properties.columns.map(({ id, header }) => ({ id, label: header })),
                },
              })}
            />
          }
          {...(items.some(canSelect) && { selectionType: "multi" })}
          isItemDisabled={(item) => isOther || !canSelect(item)}
          selectedItems={selected}
          onSelectionChange={({ detail }) => setSelected(detail.selectedItems.map(trackBy))}
        />
      </SpaceBetween>
    </CutsContext>
  );
}

/** Maximum number of empty pages skipped at a time. */
const MOST_SKIPPED = 5;

/** The page, or the first non-empty one after it: with a selective filter the API returns empty pages that have a cursor. */
async function firstWithItems<Shown extends Page<unknown>>(
  cursor: string | undefined,
  load: (cursor: string | undefined) => Promise<Shown>,
): Promise<Shown> {
  let page = await load(cursor);
  for (let skipped = 0; page.items.length === 0 && page.next_cursor && skipped < MOST_SKIPPED; skipped += 1) {
    page = await load(page.next_cursor);
  }
  return page;
}

function whyEmpty(empty: ReactNode, isFiltered: boolean, index: number, isMore: boolean): ReactNode {
  if (isMore) return "Nothing found yet. The search continues on the next page.";
  if (index > 0) return "Nothing left on this page.";
  return isFiltered ? "Nothing matches these filters." : empty;
}
