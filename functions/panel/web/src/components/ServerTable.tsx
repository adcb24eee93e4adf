// A table over a list of the API: filters in the address, pages by the API's cursors, columns and page size as the user set
// them. The browser never holds more than one page, so a list of 10,000 items is as fast as one of ten.

import Box from "@cloudscape-design/components/box";
import CollectionPreferences from "@cloudscape-design/components/collection-preferences";
import Pagination from "@cloudscape-design/components/pagination";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Table, { type TableProps } from "@cloudscape-design/components/table";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState, type ReactNode } from "react";

import type { Filter } from "./filter";
import { Filters, useFilterValues } from "./Filters";
import { Refused } from "./Fallback";
import { PAGE_SIZES, usePreferences } from "./preferences";
import { Age } from "./time";

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
  /** The headers are texts, because they also name the columns in the preferences. */
  readonly columns: readonly (TableProps.ColumnDefinition<Item> & { readonly header: string })[];
  /** Columns hidden by default. */
  readonly hidden?: readonly string[];
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
  /** Makes all rows selectable, or those for which it returns true. A selection survives a refetch. */
  readonly isSelectable?: boolean | ((item: Item) => boolean);
}

export function ServerTable<Item, Shown extends Page<Item> = Page<Item>>(properties: Properties<Item, Shown>) {
  const { name, columns, filters = [], trackBy, isSelectable = false } = properties;
  const [preferences, setPreferences] = usePreferences(name, columns, properties.hidden, properties.isWrapped);
  // The cursors of the pages visited; the first page has none.
  const [cursors, setCursors] = useState<readonly (string | undefined)[]>([undefined]);
  const [index, setIndex] = useState(0);
  const [selectedIds, setSelected] = useState<readonly string[]>([]);

  const startOver = () => {
    setCursors([undefined]);
    setIndex(0);
    setSelected([]);
  };
  const wanted = useFilterValues(filters);
  const isFiltered = Object.keys(wanted).length > 0;
  const listKey = JSON.stringify([properties.of, wanted]);
  const [shownKey, setShownKey] = useState(listKey);
  if (shownKey !== listKey) {
    setShownKey(listKey);
    startOver();
  }

  const cursor = cursors[index];
  const limit = preferences.pageSize ?? PAGE_SIZES[0] ?? 20;
  const page = useQuery({
    queryKey: [name, properties.of, wanted, limit, cursor],
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
  // The current rows, not those at the time of the selection.
  const selected = isOther ? [] : items.filter((item) => selectedIds.includes(trackBy(item)));

  const turnTo = (wantedIndex: number) => {
    if (wantedIndex >= cursors.length && next) setCursors([...cursors, next]);
    setIndex(wantedIndex);
    setSelected([]);
  };

  return (
    <SpaceBetween size="s">
      {page.error ? <Refused error={page.error} title="The list could not be loaded" retry={page.refetch} /> : null}
      <Table
        variant={properties.variant ?? "full-page"}
        stickyHeader
        stickyColumns={{ last: columns.at(-1)?.id === "actions" ? 1 : 0 }}
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
        columnDefinitions={columns.map(bounded)}
        columnDisplay={preferences.contentDisplay}
        wrapLines={preferences.wrapLines}
        trackBy={trackBy}
        loading={page.isLoading}
        loadingText="Loading"
        enableKeyboardNavigation
        ariaLabels={{
          selectionGroupLabel: "Selection",
          allItemsSelectionLabel: () => "Select all rows of this page",
          itemSelectionLabel: (_, item) => `Select ${trackBy(item)}`,
        }}
        empty={
          <Box textAlign="center" padding="l" color="inherit">
            {page.data && whyEmpty(properties.empty, isFiltered, index, next !== undefined)}
          </Box>
        }
        filter={properties.filterBar ?? (filters.length > 0 && <Filters filters={filters} />)}
        pagination={
          <Pagination
            currentPageIndex={index + 1}
            pagesCount={cursors.length}
            disabled={isOther}
            openEnd={next !== undefined && index === cursors.length - 1}
            onChange={({ detail }) => turnTo(detail.currentPageIndex - 1)}
            ariaLabels={{
              nextPageLabel: "Next page",
              previousPageLabel: "Previous page",
              pageLabel: (number) => `Page ${number}`,
            }}
          />
        }
        preferences={
          <CollectionPreferences
            title="List preferences"
            confirmLabel="Confirm"
            cancelLabel="Cancel"
            preferences={preferences}
            onConfirm={({ detail }) => {
              setPreferences(detail);
              startOver();
            }}
            pageSizePreference={{
              title: "Rows per page",
              options: PAGE_SIZES.map((value) => ({ value, label: `${value} rows` })),
            }}
            wrapLinesPreference={{ label: "Wrap lines", description: "Show long texts in full" }}
            contentDisplayPreference={{
              title: "Columns",
              options: columns.map(({ id = "", header }) => ({ id, label: header })),
            }}
          />
        }
        {...(isSelectable ? { selectionType: "multi" } : {})}
        isItemDisabled={(item) => isOther || (typeof isSelectable === "function" && !isSelectable(item))}
        selectedItems={selected}
        onSelectionChange={({ detail }) => setSelected(detail.selectedItems.map(trackBy))}
      />
    </SpaceBetween>
  );
}

/** In pixels: a long name must not push the other columns off the screen. */
const MAX_COLUMN_WIDTH = 320;

/** The column with a maximum width, and its full text as a tooltip where that cuts it. */
function bounded<Item>(column: TableProps.ColumnDefinition<Item>): TableProps.ColumnDefinition<Item> {
  return {
    maxWidth: MAX_COLUMN_WIDTH,
    ...column,
    cell: (item) => {
      const cell = column.cell(item);
      return typeof cell === "string" ? <span title={cell}>{cell}</span> : cell;
    },
  };
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
