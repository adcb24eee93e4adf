// A table over a list of the API: filters in the address, pages by the API's cursors, columns and page size as the user left
// them. The browser never holds more than one page, so a list of 10,000 is as quick as one of ten.

import Box from "@cloudscape-design/components/box";
import CollectionPreferences, { type CollectionPreferencesProps } from "@cloudscape-design/components/collection-preferences";
import Pagination from "@cloudscape-design/components/pagination";
import PropertyFilter, { type PropertyFilterProps } from "@cloudscape-design/components/property-filter";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Table, { type TableProps } from "@cloudscape-design/components/table";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState, type ReactNode } from "react";
import { useSearchParams } from "react-router";

import { Refused } from "./pages";
import { Age } from "./time";

/** One page of a list. */
export interface Page<Item> {
  readonly items: readonly Item[];
  readonly next_cursor?: string | null;
}

/** Something that the API filters by. */
export interface Filter {
  /** The query parameter. */
  readonly key: string;
  readonly label: string;
  /** What it may be; any text where there are none. */
  readonly options?: readonly string[];
}

interface Properties<Item> {
  /** Names the list: what its user chose for it is kept under this name. */
  readonly name: string;
  /** Whose list it is, where there is one for each of many. */
  readonly of?: string;
  readonly header: ReactNode;
  /** As the page itself, or as a part of it. */
  readonly variant?: "full-page" | "container";
  readonly columns: readonly TableProps.ColumnDefinition<Item>[];
  /** Columns that are not shown at first. */
  readonly hidden?: readonly string[];
  readonly filters?: readonly Filter[];
  readonly load: (query: Record<string, string | number>) => Promise<Page<Item>>;
  readonly trackBy: (item: Item) => string;
  readonly empty: ReactNode;
  readonly refetchInterval?: number;
  readonly selection?: Pick<TableProps<Item>, "selectedItems" | "onSelectionChange" | "selectionType">;
}

const PAGE_SIZES = [20, 50, 100];

export function ServerTable<Item>(properties: Properties<Item>) {
  const { name, columns, filters = [], trackBy } = properties;
  const [, setParameters] = useSearchParams();
  const [preferences, setPreferences] = usePreferences(name, columns, properties.hidden);
  // The cursors of the pages that were seen; the first page has none.
  const [cursors, setCursors] = useState<readonly (string | undefined)[]>([undefined]);
  const [index, setIndex] = useState(0);

  const startOver = () => {
    setCursors([undefined]);
    setIndex(0);
  };
  const wanted = useFilterValues(filters);
  const filterKey = JSON.stringify(wanted);
  const [shownFilter, setShownFilter] = useState(filterKey);
  if (shownFilter !== filterKey) {
    setShownFilter(filterKey);
    startOver();
  }

  const cursor = cursors[index];
  const limit = preferences.pageSize ?? PAGE_SIZES[0] ?? 20;
  const page = useQuery({
    queryKey: [name, properties.of, wanted, limit, cursor],
    queryFn: () => properties.load({ ...wanted, limit, ...(cursor ? { cursor } : {}) }),
    placeholderData: keepPreviousData,
    ...(properties.refetchInterval ? { refetchInterval: properties.refetchInterval } : {}),
  });
  const next = page.data?.next_cursor ?? undefined;

  const turnTo = (wantedIndex: number) => {
    if (wantedIndex >= cursors.length && next) setCursors([...cursors, next]);
    setIndex(wantedIndex);
  };

  return (
    <SpaceBetween size="s">
      {page.error ? <Refused error={page.error} title="The list could not be loaded" retry={page.refetch} /> : null}
      <Table
        variant={properties.variant ?? "full-page"}
        stickyHeader
        stickyColumns={{ last: columns.at(-1)?.id === "actions" ? 1 : 0 }}
        header={properties.header}
        footer={
          page.dataUpdatedAt > 0 && (
            <Box textAlign="center" color="text-body-secondary" fontSize="body-s">
              As it was <Age at={new Date(page.dataUpdatedAt).toISOString()} />
            </Box>
          )
        }
        items={page.data?.items ?? []}
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
            {filterKey === "{}" ? properties.empty : "Nothing matches these filters."}
          </Box>
        }
        filter={
          filters.length > 0 && (
            <Filters
              filters={filters}
              wanted={wanted}
              onChange={(values) => setParameters((current) => replaced(current, filters, values), { replace: true })}
            />
          )
        }
        pagination={
          <Pagination
            currentPageIndex={index + 1}
            pagesCount={cursors.length}
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
            title="How the list is shown"
            confirmLabel="Confirm"
            cancelLabel="Cancel"
            preferences={preferences}
            onConfirm={({ detail }) => {
              setPreferences(detail);
              startOver();
            }}
            pageSizePreference={{
              title: "Rows a page",
              options: PAGE_SIZES.map((value) => ({ value, label: `${value} rows` })),
            }}
            wrapLinesPreference={{ label: "Wrap lines", description: "Show all of a text" }}
            contentDisplayPreference={{
              title: "Columns",
              options: columns.map(({ id = "", header }) => ({ id, label: String(header) })),
            }}
          />
        }
        {...properties.selection}
      />
    </SpaceBetween>
  );
}

/** What the address says of the filters, as the API takes it. */
export function useFilterValues(filters: readonly Filter[]): Record<string, string> {
  const [parameters] = useSearchParams();
  const values = filters.map(({ key }) => [key, parameters.get(key) ?? ""] as const);
  return Object.fromEntries(values.filter(([, value]) => value !== ""));
}

/** The address's parameters with other filters; what else it says stays. */
function replaced(current: URLSearchParams, filters: readonly Filter[], values: Record<string, string>): URLSearchParams {
  const next = new URLSearchParams(current);
  for (const { key } of filters) next.delete(key);
  for (const [key, value] of Object.entries(values)) next.set(key, value);
  return next;
}

/** One value for each filter, as the API takes them. */
function Filters({
  filters,
  wanted,
  onChange,
}: {
  filters: readonly Filter[];
  wanted: Record<string, string>;
  onChange: (values: Record<string, string>) => void;
}) {
  const query: PropertyFilterProps.Query = {
    operation: "and",
    tokens: Object.entries(wanted).map(([propertyKey, value]) => ({
      propertyKey,
      operator: operatorOf(filters, propertyKey),
      value,
    })),
  };
  const first = filters.find((filter) => !filter.options);
  return (
    <PropertyFilter
      query={query}
      hideOperations
      filteringProperties={filters.map(({ key, label, options }) => ({
        key,
        propertyLabel: label,
        groupValuesLabel: label,
        operators: [options ? "=" : ":"],
        defaultOperator: options ? "=" : ":",
      }))}
      filteringOptions={filters.flatMap(({ key, options = [] }) => options.map((value) => ({ propertyKey: key, value })))}
      filteringPlaceholder={`Filter by ${filters.map(({ label }) => label).join(", ")}`}
      filteringAriaLabel="Filter the list"
      onChange={({ detail }) => {
        // What is typed without a property is looked for in the first text; a second value of a property replaces the first.
        const pairs = detail.tokens.map(({ propertyKey, value }) => [propertyKey ?? first?.key ?? "", String(value)] as const);
        onChange(Object.fromEntries(pairs.filter(([key]) => key !== "")));
      }}
    />
  );
}

function operatorOf(filters: readonly Filter[], key: string): string {
  return filters.find((filter) => filter.key === key)?.options ? "=" : ":";
}

function usePreferences<Item>(
  name: string,
  columns: readonly TableProps.ColumnDefinition<Item>[],
  hidden: readonly string[] = [],
): [CollectionPreferencesProps.Preferences, (preferences: CollectionPreferencesProps.Preferences) => void] {
  const key = `zwm.table.${name}`;
  const [preferences, setPreferences] = useState<CollectionPreferencesProps.Preferences>(() => {
    const usual = {
      pageSize: 50,
      wrapLines: false,
      contentDisplay: columns.map(({ id = "" }) => ({ id, visible: !hidden.includes(id) })),
    };
    const kept = localStorage.getItem(key);
    return kept ? { ...usual, ...(JSON.parse(kept) as CollectionPreferencesProps.Preferences) } : usual;
  });
  const keep = (changed: CollectionPreferencesProps.Preferences) => {
    localStorage.setItem(key, JSON.stringify(changed));
    setPreferences(changed);
  };
  return [preferences, keep];
}
