// The columns of a list as a table shows them: as wide as the user made them, and cut where a text is longer.

import type { TableProps } from "@cloudscape-design/components/table";

import { Cut } from "./Cut";
import { useIsPhone } from "./phone";
import type { Preferences } from "./preferences";

export interface Column<Item> extends TableProps.ColumnDefinition<Item> {
  readonly id: string;
  /** A text, because it also names the column in the preferences. */
  readonly header: string;
  /** In pixels, until the user changes it. */
  readonly width?: number;
  readonly minWidth?: number;
  /** Leaves the column out unless some row on the page needs it. */
  readonly isNeeded?: (item: Item) => boolean;
}

/** Widths in pixels, unless the page or the user sets others: of names, and of everything else. */
const NAME_WIDTH = 280;
const WIDTH = 180;
/** No column is made narrower by hand. */
const MIN_WIDTH = 80;

type Arranged<Item> = Pick<TableProps<Item>, "columnDefinitions" | "columnDisplay" | "resizableColumns">;

/** A phone shows only its columns, as wide as it can; elsewhere columns are arranged and resized by the user. */
export function arranged<Item>(
  columns: readonly Column<Item>[],
  { contentDisplay, widths = {} }: Preferences,
  phone: readonly string[] | undefined,
): Arranged<Item> {
  const isThere = (id: string) => columns.some((column) => column.id === id);
  if (phone) {
    return {
      columnDefinitions: columns.map((column) => withCutText({ ...column, width: "auto", minWidth: 0 })),
      columnDisplay: phone.filter(isThere).map((id) => ({ id, visible: true })),
      resizableColumns: false,
    };
  }
  const usual = (column: Column<Item>) => column.width ?? Math.max(column.minWidth ?? 0, column.isRowHeader ? NAME_WIDTH : WIDTH);
  return {
    columnDefinitions: columns.map((column) => ({
      ...withCutText(column),
      width: widths[column.id] ?? usual(column),
      minWidth: Math.min(MIN_WIDTH, usual(column)),
    })),
    ...(contentDisplay && { columnDisplay: contentDisplay.filter(({ id }) => isThere(id)) }),
    resizableColumns: true,
  };
}

/** The columns of a table without preferences: on a phone those with these ids, as narrow as they can be. */
export function usePhoneColumns<Item>(
  columns: readonly TableProps.ColumnDefinition<Item>[],
  phone: readonly string[],
): readonly TableProps.ColumnDefinition<Item>[] {
  if (!useIsPhone()) return columns;
  return columns.filter(({ id = "" }) => phone.includes(id)).map((column) => ({ ...column, minWidth: 0 }));
}

/** The widths that a table tells, in the order of its columns. */
export function byColumn(columns: readonly { readonly id: string }[], widths: readonly number[]): Record<string, number> {
  return Object.fromEntries(columns.flatMap(({ id }, index) => (widths[index] ? [[id, widths[index]]] : [])));
}

function withCutText<Item>(column: TableProps.ColumnDefinition<Item>): TableProps.ColumnDefinition<Item> {
  return {
    ...column,
    cell: (item) => {
      const cell = column.cell(item);
      return typeof cell === "string" ? <Cut text={cell} /> : cell;
    },
  };
}
