// The tasks of a workflow. They come in one answer, and are shown page by page: thousands of rows would make the page stand still.

import Button from "@cloudscape-design/components/button";
import Pagination from "@cloudscape-design/components/pagination";
import Table from "@cloudscape-design/components/table";
import { useState } from "react";

import type { ShownTask } from "./tasks";

const ROWS = 100;

export function TasksTable({ tasks, onChoose }: { tasks: readonly ShownTask[]; onChoose: (id: string) => void }) {
  const [wanted, turnTo] = useState(1);
  const pages = Math.max(1, Math.ceil(tasks.length / ROWS));
  const page = Math.min(wanted, pages);
  return (
    <Table
      items={tasks.slice((page - 1) * ROWS, page * ROWS)}
      trackBy="id"
      enableKeyboardNavigation
      empty="The workflow has no tasks, or its definition has not been exported yet."
      pagination={
        pages > 1 && (
          <Pagination
            currentPageIndex={page}
            pagesCount={pages}
            onChange={({ detail }) => turnTo(detail.currentPageIndex)}
            ariaLabels={{
              nextPageLabel: "Next page",
              previousPageLabel: "Previous page",
              pageLabel: (number) => `Page ${number}`,
            }}
          />
        )
      }
      columnDefinitions={[
        {
          id: "name",
          header: "Name",
          minWidth: 200,
          isRowHeader: true,
          cell: (task) => (
            <Button variant="inline-link" onClick={() => onChoose(task.id)}>
              {task.name ?? "(no name)"}
            </Button>
          ),
        },
        { id: "id", header: "ID", cell: (task) => task.id },
        { id: "action_type", header: "Action", cell: (task) => task.action_type ?? "-" },
        { id: "object", header: "Object", cell: (task) => task.object ?? "-" },
        { id: "call_type", header: "Call", cell: (task) => task.call_type ?? "-" },
        { id: "priority", header: "Priority", cell: (task) => task.priority ?? "-" },
      ]}
    />
  );
}
