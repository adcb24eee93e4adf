// One job: what became of it, the next step, and what it changed or would change.

import Alert from "@cloudscape-design/components/alert";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import ContentLayout from "@cloudscape-design/components/content-layout";
import Header from "@cloudscape-design/components/header";
import Link from "@cloudscape-design/components/link";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useParams } from "react-router";

import type { Job } from "../api/client";
import { isUnderWay } from "../api/pace";
import { Loading } from "../components/Fallback";
import { SyncStats } from "../components/SyncStats";
import { useTitle } from "../components/title";
import { useCancel, useRetry } from "./actions";
import { CAUSES } from "./causes";
import { Held } from "./Held";
import { Overview } from "./Overview";
import { Runs } from "./Runs";
import { useJobTitle } from "./title";
import { useJob } from "./useJob";
import { WorkflowList } from "./WorkflowList";

export function JobPage() {
  const { jobId = "" } = useParams();
  return <Loading of={useJob(jobId)}>{(job) => <Details job={job} />}</Loading>;
}

function Details({ job }: { job: Job }) {
  const title = useJobTitle(job);
  useTitle(title);
  return (
    <ContentLayout
      header={
        <Header variant="h1" actions={<Actions job={job} />}>
          {title}
        </Header>
      }
    >
      <SpaceBetween size="l">
        {/* What was held tells its own reason and advice. */}
        {job.error && !job.held && (
          <Alert type={job.state === "failed" ? "error" : "warning"} header={job.error.message}>
            {job.error.next_step}
          </Alert>
        )}
        {job.held && !job.held.approved && <Held job={job} held={job.held} />}
        <Overview job={job} />
        {job.kind === "sync" && hasResult(job) && (
          <Container
            header={
              <Header variant="h2" info={<ChangesOf job={job} />}>
                What changed
              </Header>
            }
          >
            <SyncStats stats={job.stats} />
          </Container>
        )}
        {job.held?.approved && <Held job={job} held={job.held} />}
        {job.plan && <Plan job={job} plan={job.plan} />}
        {job.errors.length > 0 && <Errors job={job} />}
        <Runs job={job} />
      </SpaceBetween>
    </ContentLayout>
  );
}

/** With those of layout and bookkeeping, which the counts contain. */
function ChangesOf({ job: { id, customer_id, stats } }: { job: Job }) {
  const all = `#/customers/${customer_id}?tab=changes`;
  const hasChanged = stats.created + stats.updated + stats.deleted > 0;
  return hasChanged ? (
    <Link href={`${all}&job_id=${id}&class=all`}>What this sync changed</Link>
  ) : (
    <Link href={all}>All changes</Link>
  );
}

/** Zeros are a result only where the job came to its end. */
function hasResult(job: Job): boolean {
  return !isUnderWay(job) && (job.state === "succeeded" || job.stats.total > 0);
}

function Actions({ job }: { job: Job }) {
  const retry = useRetry();
  const cancel = useCancel();
  return (
    <SpaceBetween direction="horizontal" size="xs">
      {job.actions.includes("cancel") && (
        <Button loading={cancel.isPending} onClick={() => cancel.mutate(job)}>
          Cancel
        </Button>
      )}
      {(job.actions.includes("retry") || job.retry_refused) && (
        <Button
          variant="primary"
          loading={retry.isPending}
          disabled={Boolean(job.retry_refused)}
          disabledReason={job.retry_refused ?? undefined}
          onClick={() => retry.mutate([job.id])}
        >
          Retry
        </Button>
      )}
    </SpaceBetween>
  );
}

function Plan({ job, plan }: { job: Job; plan: NonNullable<Job["plan"]> }) {
  const { created, updated, deleted } = job.stats;
  const listed = (ids: readonly string[], what: string) => ids.map((id) => ({ id, what, isCopied: what !== "Create" }));
  return (
    <WorkflowList
      title="What a sync would change"
      description={`Create ${created}, update ${updated}, delete ${deleted}. At most the first hundred of each are listed.`}
      customerId={job.customer_id}
      items={[...listed(plan.created, "Create"), ...listed(plan.updated, "Update"), ...listed(plan.deleted, "Delete")]}
      columns={[{ id: "what", header: "Change", cell: ({ what }) => what }]}
    />
  );
}

function Errors({ job }: { job: Job }) {
  return (
    <WorkflowList
      title="Workflows that could not be copied"
      customerId={job.customer_id}
      items={job.errors.map(({ workflow_id: id, ...error }) => ({ ...error, id: id ?? undefined, isCopied: true }))}
      columns={[
        { id: "class", header: "Cause", cell: (error) => CAUSES[error.class] },
        {
          id: "message",
          header: "What happened",
          minWidth: 240,
          cell: (error) => <span className="breaks">{error.message}</span>,
        },
      ]}
    />
  );
}
