// How a user wants a table shown: which columns, how many rows. Kept in the browser, under the table's name.

import type { CollectionPreferencesProps } from "@cloudscape-design/components/collection-preferences";
import type { TableProps } from "@cloudscape-design/components/table";
import { useState } from "react";

type Preferences = CollectionPreferencesProps.Preferences;

/** The choices; the first is for phones, where rows are high. */
export const PAGE_SIZES = [20, 50, 100];

/** What is kept for the table, and how it is changed. */
export function usePreferences<Item>(
  name: string,
  columns: readonly TableProps.ColumnDefinition<Item>[],
  hidden: readonly string[] = [],
  isWrapped = false,
): [Preferences, (preferences: Preferences) => void] {
  const key = `zwm.table.${name}`;
  const [preferences, setPreferences] = useState<Preferences>(() => {
    const usual = columns.map(({ id = "" }) => ({ id, visible: !hidden.includes(id) }));
    const kept = JSON.parse(localStorage.getItem(key) ?? "{}") as Preferences;
    // The columns of a newer panel join those that were arranged.
    const arranged = (kept.contentDisplay ?? []).filter(({ id }) => usual.some((column) => column.id === id));
    const others = usual.filter(({ id }) => !arranged.some((column) => column.id === id));
    return { pageSize: 50, wrapLines: isWrapped, ...kept, contentDisplay: [...arranged, ...others] };
  });
  const keep = (changed: Preferences) => {
    localStorage.setItem(key, JSON.stringify(changed));
    setPreferences(changed);
  };
  return [preferences, keep];
}
