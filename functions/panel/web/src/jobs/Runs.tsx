import Header from "@cloudscape-design/components/header";
import Table, { type TableProps } from "@cloudscape-design/components/table";

import type { Job } from "../api/client";
import { usePhoneColumns } from "../components/columns";
import { Age, Duration } from "../components/time";
import { JobState } from "./state";

/** The attempts of a job, newest first, with their requests to Zuora. */
export function Runs({ job }: { job: Job }) {
  const columns = usePhoneColumns(COLUMNS, ["started_at", "state", "error"]);
  return (
    <Table
      header={
        <Header variant="h2" description="Each time a worker processed the job.">
          Attempts
        </Header>
      }
      empty="No attempt has ended yet."
      items={[...(job.runs ?? [])].reverse()}
      enableKeyboardNavigation
      wrapLines
      columnDefinitions={columns}
    />
  );
}

type Run = NonNullable<Job["runs"]>[number];

const COLUMNS: readonly TableProps.ColumnDefinition<Run>[] = [
  { id: "started_at", header: "Started", isRowHeader: true, cell: (run) => <Age at={run.started_at} /> },
  { id: "duration", header: "Duration", cell: (run) => <Duration from={run.started_at} to={run.ended_at} /> },
  { id: "state", header: "Result", cell: (run) => <JobState state={run.state} /> },
  { id: "requests", header: "Requests", cell: (run) => run.requests },
  { id: "exports", header: "Exports", cell: (run) => run.exports },
  { id: "in_flight", header: "Most concurrent requests", cell: (run) => run.in_flight },
  { id: "throttles", header: "Throttled by Zuora", cell: (run) => run.throttles },
  { id: "rate_limited", header: "Rate-limited", cell: (run) => run.rate_limited },
  { id: "error", header: "Error", minWidth: 240, cell: (run) => <span className="breaks">{run.error?.message ?? "-"}</span> },
];
