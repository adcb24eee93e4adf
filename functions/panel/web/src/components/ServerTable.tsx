// A table over a list of the API: filters in the address, pages by the API's cursors, columns and page size as the user left
// them. The browser never holds more than one page, so a list of 10,000 is as quick as one of ten.

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
  /** Names the list: what its user chose for it is kept under this name. */
  readonly name: string;
  /** Whose list it is, where there is one for each of many. */
  readonly of?: string;
  /** What is above the rows, which may depend on those that are selected, and on what else came with the page. */
  readonly header: ReactNode | ((selected: readonly Item[], page: Shown | undefined) => ReactNode);
  /** As the page itself, or as a part of it. */
  readonly variant?: "full-page" | "container";
  /** Their headers are texts, because they are choices of what is shown, too. */
  readonly columns: readonly (TableProps.ColumnDefinition<Item> & { readonly header: string })[];
  /** Columns that are not shown at first. */
  readonly hidden?: readonly string[];
  /** Whether long texts go on in the next line, unless the user wants it otherwise. */
  readonly isWrapped?: boolean;
  readonly filters?: readonly Filter[];
  readonly load: (query: Record<string, string | number>) => Promise<Shown>;
  readonly trackBy: (item: Item) => string;
  readonly empty: ReactNode;
  /** In milliseconds; may depend on what is shown. */
  readonly refetchInterval?: number | ((page: Shown | undefined) => number);
  /** Whether rows can be selected, or which. What is selected stays so while the list is looked at again. */
  readonly isSelectable?: boolean | ((item: Item) => boolean);
}

export function ServerTable<Item, Shown extends Page<Item> = Page<Item>>(properties: Properties<Item, Shown>) {
  const { name, columns, filters = [], trackBy, isSelectable = false } = properties;
  const [preferences, setPreferences] = usePreferences(name, columns, properties.hidden, properties.isWrapped);
  // The cursors of the pages that were seen; the first page has none.
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
  // The rows of another page or filter stay in view until the wanted ones are there; nothing can be done with them.
  const isOther = page.isPlaceholderData;
  const next = (!isOther && page.data?.next_cursor) || undefined;
  const items = page.data?.items ?? [];
  // As they are now, not as they were when they were selected.
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
        columnDefinitions={columns}
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
        filter={filters.length > 0 && <Filters filters={filters} />}
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

/** How many empty pages are skipped at a time. */
const MOST_SKIPPED = 5;

/** The page, or the first one behind it that shows anything: where a filter leaves little, the API reads some and lets one go on. */
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
