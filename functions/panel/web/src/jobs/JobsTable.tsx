// Jobs of one customer, or all that the caller may see, with retry for those that failed.

import Button from "@cloudscape-design/components/button";
import Header from "@cloudscape-design/components/header";
import Link from "@cloudscape-design/components/link";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";

import { body, type Customer, type Job } from "../api/client";
import { useApi, useMe } from "../api/context";
import { isUnderWay, paceOfJobs } from "../api/pace";
import { useCustomerOptions, useStats } from "../api/queries";
import { CustomerName } from "../components/CustomerName";
import { described, labelled, type Filter, YES } from "../components/filter";
import { useFilterValues } from "../components/Filters";
import { Cut } from "../components/Cut";
import { ServerTable } from "../components/ServerTable";
import { Age, Duration } from "../components/time";
import { useRetry } from "./actions";
import { CAUSE_FILTER } from "./causes";
import { changesIn } from "./outcome";
import { jobQuery } from "./query";
import { RetryMatching } from "./RetryMatching";
import { askedBy, JOB_KINDS, JOB_STATES, JobState } from "./state";

const STATES = Object.entries(JOB_STATES).map(([value, [, label]]) => ({ value, label }));
const FILTERS: readonly Filter[] = [
  { key: "state", label: "State", options: STATES, isMany: true },
  CAUSE_FILTER,
  { key: "kind", label: "Kind", options: labelled(JOB_KINDS) },
  { key: "awaiting_approval", label: "Awaiting approval", options: YES },
  { key: "since", label: "Created after", isMoment: true },
  { key: "until", label: "Created before", isMoment: true },
  { key: "finished_since", label: "Ended after", isMoment: true },
  { key: "finished_until", label: "Ended before", isMoment: true },
];

export function JobsTable({ customer }: { customer?: Customer }) {
  const customerId = customer?.id;
  const api = useApi();
  const customers = useCustomerOptions(!customerId);
  const of: Record<string, string> = customerId ? { customer_id: customerId } : {};
  const ofCustomer: Filter = { key: "customer_id", label: "Customer", options: customers };
  const filters = customerId ? FILTERS : [ofCustomer, ...FILTERS];
  const wanted = useFilterValues(filters);
  const mayRetry = useMayRetry(customer);
  return (
    <ServerTable<Job>
      name={customerId ? "customer-jobs" : "jobs"}
      {...(customerId ? { of: customerId } : {})}
      variant="container"
      header={(selected) => (
        <Header
          variant="h2"
          description="Syncs, dry runs, connection tests and deletions, newest first."
          actions={mayRetry && <Actions selected={selected} filters={filters} customer={customer} />}
        >
          {Object.keys(wanted).length > 0 ? "Matching jobs" : "All jobs"}
        </Header>
      )}
      refetchInterval={(page) => paceOfJobs(page?.items)}
      isSelectable={(job) => job.actions.includes("retry")}
      hidden={["id", "by", "next_attempt_at"]}
      phone={customerId ? ["kind", "state", "what"] : ["kind", "customer", "state", "what"]}
      filters={filters}
      load={async (query) => body(await api.GET("/v1/jobs", { params: { query: jobQuery({ ...query, ...of }) } }))}
      trackBy={(job) => job.id}
      empty="No jobs yet."
      columns={[
        {
          id: "kind",
          header: "Job",
          isRowHeader: true,
          width: 140,
          cell: (job) => <Link href={`#/jobs/${job.id}`}>{JOB_KINDS[job.kind]}</Link>,
        },
        ...(customerId
          ? []
          : [
              {
                id: "customer",
                header: "Customer",
                width: 220,
                cell: (job: Job) => <CustomerName id={job.customer_id} isOneOfMany />,
              },
            ]),
        { id: "state", header: "State", width: 150, cell: (job) => <JobState state={job.state} /> },
        { id: "what", header: "Result", width: 250, cell: (job) => <Result of={job} /> },
        { id: "created_at", header: "Requested", width: 140, cell: (job) => <Age at={job.created_at} /> },
        {
          id: "duration",
          header: "Duration",
          width: 110,
          cell: (job) => (job.started_at ? <Duration from={job.started_at} to={job.finished_at} /> : "-"),
        },
        { id: "attempts", header: "Attempts", width: 120, cell: (job) => job.attempts },
        {
          id: "next_attempt_at",
          header: "Next attempt",
          width: 140,
          cell: (job) => (job.next_attempt_at ? <Age at={job.next_attempt_at} /> : "-"),
        },
        { id: "by", header: "Requested by", cell: (job) => askedBy(job) },
        { id: "id", header: "ID", width: 320, cell: (job) => job.id },
      ]}
    />
  );
}

/** When a waiting job goes on; of any other, its progress, result or error in one line. */
function Result({ of: job }: { of: Job }) {
  if (job.state !== "waiting" || !job.next_attempt_at) return <Cut text={whatOf(job)} />;
  return (
    <>
      Goes on <Age at={job.next_attempt_at} />
    </>
  );
}

/** The progress, result or error of a job. */
function whatOf(job: Job): string {
  if (job.error) return job.error.message;
  if (job.held) return `${job.held.count} held: ${job.held.reason}`;
  if (job.progress && job.state === "running") return `${job.progress.listed} listed, ${job.progress.exported} exported`;
  if (isUnderWay(job) || (job.kind !== "sync" && job.kind !== "plan")) return "-";
  return job.kind === "plan" ? `Would be ${changesIn(job.stats)}` : capital(changesIn(job.stats));
}

function capital(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}

/** Returns true if the caller may retry jobs of the customer, or of any. */
function useMayRetry(customer: Customer | undefined): boolean {
  const me = useMe().data;
  return (customer ?? me)?.actions.some((action) => action === "redrive") ?? false;
}

/** Retry buttons for the selected jobs and for all that match. */
function Actions({
  selected,
  filters,
  customer,
}: {
  selected: readonly Job[];
  filters: readonly Filter[];
  customer: Customer | undefined;
}) {
  const retry = useRetry();
  const wanted = useFilterValues(filters);
  const [isAsked, setAsked] = useState(false);
  const isFiltered = Object.keys(wanted).length > 0;
  // Counted for all customers together only.
  const failed = useStats().data?.jobs.failed;
  const count = customer || !failed ? "" : ` (${failed.toLocaleString("en")})`;
  const retriable = selected.filter((job) => job.actions.includes("retry"));
  return (
    <>
      <SpaceBetween direction="horizontal" size="xs">
        <Button
          disabled={retriable.length === 0}
          disabledReason="Select failed jobs first."
          loading={retry.isPending}
          onClick={() => retry.mutate(retriable.map((job) => job.id))}
        >
          {retriable.length > 0 ? `Retry ${retriable.length} selected` : "Retry selected"}
        </Button>
        <Button onClick={() => setAsked(true)}>{isFiltered ? "Retry all that match" : `Retry all failed${count}`}</Button>
      </SpaceBetween>
      {isAsked && (
        <RetryMatching
          filters={{ ...wanted, ...(customer ? { customer_id: customer.id } : {}) }}
          described={described(filters, wanted)}
          close={() => setAsked(false)}
        />
      )}
    </>
  );
}
