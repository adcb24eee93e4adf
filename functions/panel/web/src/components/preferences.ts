// The user's preferences for a table (columns and their widths, rows per page), stored in the browser under the table's name.

import type { CollectionPreferencesProps } from "@cloudscape-design/components/collection-preferences";
import type { TableProps } from "@cloudscape-design/components/table";
import { useState } from "react";

export interface Preferences extends CollectionPreferencesProps.Preferences {
  /** In pixels, by column. */
  readonly widths?: Readonly<Record<string, number>>;
}

/** Page sizes to choose from; the first is for phones, where rows are high. */
export const PAGE_SIZES = [20, 50, 100];

/** The stored preferences of the table, and a function to change them. */
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
    // Columns added in a newer panel follow those that the user arranged.
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
