// Workflows that a job names by their ids. The names are read for the rows shown, so a long list costs no more than a short one.

import Header from "@cloudscape-design/components/header";
import Table, { type TableProps } from "@cloudscape-design/components/table";
import { useState } from "react";

import { usePhoneColumns } from "../components/columns";
import { PageTurner } from "../components/PageTurner";
import { WorkflowName } from "./WorkflowName";

/** Each row is a request. */
const ROWS = 10;

interface Listed {
  /** Undefined for an item of Zuora's listing without a usable id. */
  readonly id: string | undefined;
  /** Without a copy there is no name and no page. */
  readonly isCopied: boolean;
}

interface Properties<Item extends Listed> {
  readonly title: string;
  readonly description?: string;
  readonly customerId: string;
  readonly items: readonly Item[];
  /** After the workflow's name and Zuora id. A phone shows the last one. */
  readonly columns: readonly TableProps.ColumnDefinition<Item>[];
}

export function WorkflowList<Item extends Listed>({ title, description, customerId, items, columns }: Properties<Item>) {
  const [wanted, turnTo] = useState(1);
  const pages = Math.ceil(items.length / ROWS);
  const page = Math.min(wanted, pages);
  const all: readonly TableProps.ColumnDefinition<Item>[] = [
    {
      id: "workflow",
      header: "Workflow",
      isRowHeader: true,
      minWidth: 160,
      cell: ({ id, isCopied }) =>
        id !== undefined && isCopied ? <WorkflowName customerId={customerId} id={id} /> : "Not copied yet",
    },
    { id: "id", header: "Zuora ID", cell: ({ id }) => id ?? "-" },
    ...columns,
  ];
  const shown = usePhoneColumns(all, ["workflow", columns.at(-1)?.id ?? ""]);
  return (
    <Table
      header={
        <Header variant="h2" counter={`(${items.length})`} {...(description !== undefined && { description })}>
          {title}
        </Header>
      }
      items={items.slice((page - 1) * ROWS, page * ROWS)}
      enableKeyboardNavigation
      wrapLines
      pagination={
        pages > 1 && (
          <PageTurner currentPageIndex={page} pagesCount={pages} onChange={({ detail }) => turnTo(detail.currentPageIndex)} />
        )
      }
      columnDefinitions={shown}
    />
  );
}
