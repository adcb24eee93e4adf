import Header from "@cloudscape-design/components/header";
import Link from "@cloudscape-design/components/link";
import Table, { type TableProps } from "@cloudscape-design/components/table";
import { useState } from "react";

import type { StoredDefinition } from "../api/client";
import { usePhoneColumns } from "../components/columns";
import { PageTurner } from "../components/PageTurner";
import { Age } from "../components/time";
import { nameOf, shortHash } from "./words";

const ROWS = 10;

/** All that are kept, the current one first. */
export function Definitions({ definitions }: { definitions: readonly StoredDefinition[] }) {
  const [page, turnTo] = useState(1);
  const pages = Math.ceil(definitions.length / ROWS);
  const columns = usePhoneColumns(COLUMNS, ["name", "stored_at"]);
  return (
    <Table
      header={
        <Header
          variant="h2"
          counter={`(${definitions.length.toLocaleString("en")})`}
          description="Each as Zuora exported it. A replaced one is kept for a time."
        >
          Definitions
        </Header>
      }
      items={definitions.slice((page - 1) * ROWS, page * ROWS)}
      trackBy="hash"
      empty="No definition is kept."
      enableKeyboardNavigation
      wrapLines
      pagination={
        pages > 1 && (
          <PageTurner currentPageIndex={page} pagesCount={pages} onChange={({ detail }) => turnTo(detail.currentPageIndex)} />
        )
      }
      columnDefinitions={columns}
    />
  );
}

const moment = (at: string | null | undefined) => (at ? <Age at={at} /> : "-");

const COLUMNS: readonly TableProps.ColumnDefinition<StoredDefinition>[] = [
  { id: "name", header: "Version", isRowHeader: true, cell: nameOf },
  { id: "stored_at", header: "Stored", cell: ({ stored_at }) => moment(stored_at) },
  { id: "replaced_at", header: "Replaced", cell: ({ replaced_at }) => moment(replaced_at) },
  { id: "kept_until", header: "Kept until", cell: ({ kept_until }) => moment(kept_until) },
  { id: "bytes", header: "Bytes", cell: ({ bytes }) => bytes.toLocaleString("en") },
  { id: "hash", header: "Hash", cell: ({ hash }) => <span title={hash}>{shortHash(hash)}</span> },
  { id: "job", header: "Job", cell: ({ job_id }) => (job_id ? <Link href={`#/jobs/${job_id}`}>Sync</Link> : "-") },
];
