// Jobs of one customer, or all that the caller may see: how many are in which state, and what to do with those that failed.

import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import Link from "@cloudscape-design/components/link";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";

import { body, type Job } from "../api/client";
import { useApi, useMe } from "../api/context";
import { useStats } from "../api/queries";
import { CustomerName } from "../parts/CustomerName";
import { type Filter, ServerTable, useFilterValues } from "../parts/ServerTable";
import { Age } from "../parts/time";
import { mayRetry, useRetry } from "./actions";
import { RetryMatching } from "./RetryMatching";
import { JOB_STATES, JobState } from "./state";

const STATES = Object.keys(JOB_STATES) as Job["state"][];
const CLASSES = ["config", "permission", "rate_limit", "transient", "guard", "too_large", "lost", "bug"];
const FILTERS: readonly Filter[] = [
  { key: "state", label: "State", options: STATES },
  { key: "error_class", label: "Error class", options: CLASSES },
  { key: "kind", label: "Kind", options: ["sync", "purge", "test"] },
  { key: "customer_id", label: "Customer ID" },
  { key: "since", label: "Since" },
];
/** How often the list is looked at again, in milliseconds. */
const LIVE_MS = 5_000;

export function JobsTable({ customerId, variant }: { customerId?: string; variant: "full-page" | "container" }) {
  const api = useApi();
  const me = useMe().data;
  const [selected, setSelected] = useState<readonly Job[]>([]);
  const retry = useRetry(() => setSelected([]));
  const of: Record<string, string> = customerId ? { customer_id: customerId } : {};
  const wanted = useFilterValues(FILTERS);
  const [isAsked, setAsked] = useState(false);
  const retriable = selected.filter((job) => mayRetry(me, job));
  return (
    <ServerTable<Job>
      name="jobs"
      {...(customerId ? { of: customerId } : {})}
      variant={variant}
      header={
        <SpaceBetween size="m">
          <Header
            variant={customerId ? "h2" : "h1"}
            description="Every sync, connection test and deletion, newest first."
            actions={
              <SpaceBetween direction="horizontal" size="xs">
                <Button
                  disabled={retriable.length === 0}
                  disabledReason="Select failed or incomplete jobs first."
                  loading={retry.isPending}
                  onClick={() => retry.mutate(retriable.map((job) => job.id))}
                >
                  {retriable.length > 0 ? `Retry ${retriable.length} selected` : "Retry selected"}
                </Button>
                <Button onClick={() => setAsked(true)}>Retry all that match</Button>
              </SpaceBetween>
            }
          >
            Jobs
          </Header>
          {!customerId && <Counts />}
          {isAsked && <RetryMatching filters={{ ...wanted, ...of }} close={() => setAsked(false)} />}
        </SpaceBetween>
      }
      refetchInterval={LIVE_MS}
      selection={{
        selectionType: "multi",
        selectedItems: [...selected],
        onSelectionChange: ({ detail }) => setSelected(detail.selectedItems),
      }}
      hidden={["id", "trigger"]}
      filters={FILTERS.filter(({ key }) => !(customerId && key === "customer_id"))}
      load={async (query) => body(await api.GET("/v1/jobs", { params: { query: { ...query, ...of } } }))}
      trackBy={(job) => job.id}
      empty="No job was asked for yet."
      columns={[
        {
          id: "created_at",
          header: "Asked for",
          isRowHeader: true,
          cell: (job) => (
            <Link href={`#/jobs/${job.id}`}>
              <Age at={job.created_at} />
            </Link>
          ),
        },
        { id: "customer", header: "Customer", cell: (job) => <CustomerName id={job.customer_id} /> },
        { id: "kind", header: "Kind", cell: (job) => (job.dry_run ? `${job.kind}, dry run` : job.kind) },
        { id: "state", header: "State", cell: (job) => <JobState state={job.state} /> },
        { id: "what", header: "What", cell: (job) => whatOf(job) },
        { id: "attempts", header: "Attempts", cell: (job) => job.attempts },
        {
          id: "next_attempt_at",
          header: "Next attempt",
          cell: (job) => (job.next_attempt_at ? <Age at={job.next_attempt_at} /> : "-"),
        },
        { id: "trigger", header: "Trigger", cell: (job) => job.trigger },
        { id: "id", header: "ID", cell: (job) => job.id },
      ]}
    />
  );
}

/** In one line, what a job does, did, or failed with. */
function whatOf(job: Job): string {
  if (job.error) return job.error.message;
  if (job.held) return `${job.held.count} workflows held: ${job.held.reason}`;
  if (job.progress && job.state === "running") return `${job.progress.listed} listed, ${job.progress.exported} exported`;
  if (job.kind !== "sync") return "-";
  const { created, updated, deleted, errors } = job.stats;
  return `${created} created, ${updated} updated, ${deleted} deleted, ${errors} errors`;
}

/** How many jobs are in each state; each leads to those. */
function Counts() {
  const stats = useStats(LIVE_MS);
  return (
    <Container>
      <KeyValuePairs
        columns={4}
        items={STATES.map((state) => ({
          label: JOB_STATES[state][1],
          value: (
            <Link href={`#/jobs?state=${state}`} ariaLabel={`${JOB_STATES[state][1]}: ${stats.data?.jobs[state] ?? 0}`}>
              {stats.data?.jobs[state] ?? "…"}
            </Link>
          ),
        }))}
      />
    </Container>
  );
}
