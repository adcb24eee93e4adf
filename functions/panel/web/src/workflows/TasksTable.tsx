// The tasks of a workflow. They come in one answer, and are shown page by page: thousands of rows would make the page stand still.

import Button from "@cloudscape-design/components/button";
import Table from "@cloudscape-design/components/table";
import { useState } from "react";

import { PageTurner } from "../components/PageTurner";
import type { ShownTask } from "./tasks";

const ROWS = 100;

interface Properties {
  readonly tasks: readonly ShownTask[];
  /** Id of the task shown beside the list, whose row is in view at first. */
  readonly chosen: string | undefined;
  readonly onChoose: (id: string) => void;
  readonly onShowInGraph: (id: string) => void;
}

export function TasksTable({ tasks, chosen, onChoose, onShowInGraph }: Properties) {
  const [wanted, turnTo] = useState(() => Math.floor(Math.max(0, indexOf(tasks, chosen)) / ROWS) + 1);
  const pages = Math.max(1, Math.ceil(tasks.length / ROWS));
  const page = Math.min(wanted, pages);
  return (
    <Table
      items={tasks.slice((page - 1) * ROWS, page * ROWS)}
      trackBy="id"
      enableKeyboardNavigation
      selectionType="single"
      selectedItems={tasks.filter(({ id }) => id === chosen)}
      onSelectionChange={({ detail }) => detail.selectedItems.forEach(({ id }) => onChoose(id))}
      ariaLabels={{
        selectionGroupLabel: "Task shown beside the list",
        itemSelectionLabel: (_, task) => `Show ${nameOf(task)}`,
      }}
      empty="The workflow has no tasks, or its definition has not been exported yet."
      pagination={
        pages > 1 && (
          <PageTurner currentPageIndex={page} pagesCount={pages} onChange={({ detail }) => turnTo(detail.currentPageIndex)} />
        )
      }
      columnDefinitions={[
        {
          id: "name",
          header: "Name",
          minWidth: 200,
          isRowHeader: true,
          cell: (task) => (
            <span ref={task.id === chosen ? bringIntoView : undefined}>
              <Button variant="inline-link" onClick={() => onChoose(task.id)}>
                {nameOf(task)}
              </Button>
            </span>
          ),
        },
        { id: "id", header: "ID", cell: (task) => task.id },
        { id: "action_type", header: "Action", cell: (task) => task.action_type ?? "-" },
        { id: "object", header: "Object", cell: (task) => task.object ?? "-" },
        { id: "call_type", header: "Call", cell: (task) => task.call_type ?? "-" },
        { id: "priority", header: "Priority", cell: (task) => task.priority ?? "-" },
        {
          id: "graph",
          header: "Graph",
          minWidth: 140,
          cell: (task) => (
            <Button variant="inline-link" ariaLabel={`Show ${nameOf(task)} in graph`} onClick={() => onShowInGraph(task.id)}>
              Show in graph
            </Button>
          ),
        },
      ]}
    />
  );
}

function nameOf({ name }: ShownTask): string {
  return name ?? "(no name)";
}

function indexOf(tasks: readonly ShownTask[], id: string | undefined): number {
  return tasks.findIndex((task) => task.id === id);
}

function bringIntoView(row: HTMLElement | null): void {
  row?.scrollIntoView({ block: "nearest" });
}
