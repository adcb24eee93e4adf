// One job: progress, runs, errors and next step.

import Alert from "@cloudscape-design/components/alert";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import ContentLayout from "@cloudscape-design/components/content-layout";
import Header from "@cloudscape-design/components/header";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import Link from "@cloudscape-design/components/link";
import ProgressBar from "@cloudscape-design/components/progress-bar";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Table from "@cloudscape-design/components/table";
import { useQuery } from "@tanstack/react-query";
import { useParams } from "react-router";

import { body, type Job } from "../api/client";
import { useApi } from "../api/context";
import { paceOfJob } from "../api/pace";
import { CustomerName } from "../components/CustomerName";
import { Loading } from "../components/Fallback";
import { SyncStats } from "../components/SyncStats";
import { Age } from "../components/time";
import { useTitle } from "../components/title";
import { useCancel, useRetry } from "./actions";
import { Held } from "./Held";
import { JOB_KINDS, JobState } from "./state";

export function JobPage() {
  const { jobId = "" } = useParams();
  const api = useApi();
  const found = useQuery({
    queryKey: ["job", jobId],
    queryFn: async () => body(await api.GET("/v1/jobs/{job_id}", { params: { path: { job_id: jobId } } })),
    refetchInterval: (query) => paceOfJob(query.state.data),
  });
  return <Loading of={found}>{(job) => <Details job={job} />}</Loading>;
}

function Details({ job }: { job: Job }) {
  useTitle(`${JOB_KINDS[job.kind]} ${job.id}`);
  const retry = useRetry();
  const cancel = useCancel();
  return (
    <ContentLayout
      header={
        <Header
          variant="h1"
          description={job.id}
          actions={
            <SpaceBetween direction="horizontal" size="xs">
              {job.actions.includes("cancel") && (
                <Button loading={cancel.isPending} onClick={() => cancel.mutate(job)}>
                  Cancel
                </Button>
              )}
              {job.actions.includes("retry") && (
                <Button variant="primary" loading={retry.isPending} onClick={() => retry.mutate([job.id])}>
                  Retry
                </Button>
              )}
            </SpaceBetween>
          }
        >
          {JOB_KINDS[job.kind]}
        </Header>
      }
    >
      <SpaceBetween size="l">
        {job.error && !job.held?.approved && (
          <Alert type={job.state === "failed" ? "error" : "warning"} header={job.error.message}>
            {job.error.next_step}
          </Alert>
        )}
        <Container header={<Header variant="h2">Overview</Header>}>
          <Overview job={job} />
        </Container>
        {job.kind === "sync" && (
          <Container header={<Header variant="h2">What changed</Header>}>
            <SyncStats stats={job.stats} />
          </Container>
        )}
        {job.plan && <Plan plan={job.plan} />}
        {job.held && <Held job={job} held={job.held} />}
        <Errors job={job} />
        <Runs job={job} />
      </SpaceBetween>
    </ContentLayout>
  );
}

function Overview({ job }: { job: Job }) {
  const { progress } = job;
  return (
    <SpaceBetween size="m">
      <KeyValuePairs
        columns={4}
        items={[
          { label: "State", value: <JobState state={job.state} /> },
          { label: "Customer", value: <CustomerName id={job.customer_id} /> },
          { label: "Created", value: <Age at={job.created_at} /> },
          { label: "Created by", value: job.actor ?? job.trigger },
          { label: "Attempts", value: job.attempts },
          { label: "Next attempt", value: job.next_attempt_at ? <Age at={job.next_attempt_at} /> : "-" },
          { label: "Started", value: job.started_at ? <Age at={job.started_at} /> : "-" },
          { label: "Finished", value: job.finished_at ? <Age at={job.finished_at} /> : "-" },
        ]}
      />
      {progress && job.state === "running" && (
        <ProgressBar
          label={job.cancel_requested ? "Stopping" : "Progress"}
          value={progress.to_export ? (100 * progress.exported) / progress.to_export : 0}
          description={`${progress.listed} workflows listed on ${progress.pages} pages`}
          additionalInfo={progress.to_export ? `${progress.exported} of ${progress.to_export} definitions exported` : "Comparing"}
        />
      )}
    </SpaceBetween>
  );
}

function Plan({ plan }: { plan: NonNullable<Job["plan"]> }) {
  const list = (ids: readonly string[]) => (ids.length === 0 ? "None" : ids.join(", "));
  return (
    <Container header={<Header variant="h2">What a sync would change</Header>}>
      <KeyValuePairs
        columns={1}
        items={[
          { label: `Create ${plan.created.length}`, value: list(plan.created) },
          { label: `Update ${plan.updated.length}`, value: list(plan.updated) },
          { label: `Delete ${plan.deleted.length}`, value: list(plan.deleted) },
        ]}
      />
    </Container>
  );
}

function Errors({ job }: { job: Job }) {
  if (job.errors.length === 0) return null;
  return (
    <Table
      header={<Header variant="h2">Workflows that could not be copied</Header>}
      items={job.errors}
      columnDefinitions={[
        {
          id: "workflow",
          header: "Workflow",
          isRowHeader: true,
          cell: (error) =>
            error.workflow_id ? (
              <Link href={`#/customers/${job.customer_id}/workflows/${error.workflow_id}`}>{error.workflow_id}</Link>
            ) : (
              "-"
            ),
        },
        { id: "class", header: "Class", cell: (error) => error.class },
        { id: "message", header: "What happened", cell: (error) => error.message },
      ]}
    />
  );
}

function Runs({ job }: { job: Job }) {
  return (
    <Table
      header={
        <Header variant="h2" description="Each time a worker processed the job.">
          Runs
        </Header>
      }
      empty="No run has finished yet."
      items={[...(job.runs ?? [])].reverse()}
      columnDefinitions={[
        { id: "started_at", header: "Started", isRowHeader: true, cell: (run) => <Age at={run.started_at} /> },
        { id: "state", header: "Resulting state", cell: (run) => <JobState state={run.state} /> },
        { id: "requests", header: "Requests", cell: (run) => run.requests },
        { id: "exports", header: "Exports", cell: (run) => run.exports },
        { id: "in_flight", header: "Most concurrent requests", cell: (run) => run.in_flight },
        { id: "throttles", header: "Throttled by Zuora", cell: (run) => run.throttles },
        { id: "rate_limited", header: "Rate-limited", cell: (run) => run.rate_limited },
        { id: "error", header: "Error", cell: (run) => run.error?.message ?? "-" },
      ]}
    />
  );
}
