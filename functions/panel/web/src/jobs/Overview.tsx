// The facts about a job: state, times, who asked for it, and its progress while it runs.

import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import Link from "@cloudscape-design/components/link";
import ProgressBar from "@cloudscape-design/components/progress-bar";
import SpaceBetween from "@cloudscape-design/components/space-between";

import type { Job } from "../api/client";
import { isUnderWay } from "../api/pace";
import { Copyable } from "../components/Copyable";
import { CustomerName } from "../components/CustomerName";
import { Duration, Moment } from "../components/time";
import { askedBy, JobState } from "./state";

export function Overview({ job }: { job: Job }) {
  const { runs, approval, superseded_by: follower } = job;
  const requests = runs?.reduce((sum, run) => sum + run.requests, 0);
  const moment = (at: string | null | undefined) => (at ? <Moment at={at} /> : "-");
  return (
    <Container header={<Header variant="h2">Overview</Header>}>
      <SpaceBetween size="m">
        <KeyValuePairs
          columns={4}
          items={[
            { label: "State", value: <JobState state={job.state} /> },
            { label: "Customer", value: <CustomerName id={job.customer_id} /> },
            { label: "Requested by", value: askedBy(job) },
            { label: "Requested", value: moment(job.created_at) },
            { label: "Started", value: moment(job.started_at) },
            { label: "Ended", value: moment(job.finished_at) },
            { label: "Duration", value: job.started_at ? <Duration from={job.started_at} to={job.finished_at} /> : "-" },
            { label: "Attempts", value: job.attempts },
            ...(isUnderWay(job) ? [{ label: "Next attempt", value: moment(job.next_attempt_at) }] : []),
            { label: "Requests to Zuora", value: requests?.toLocaleString("en") ?? "-" },
            ...(approval
              ? [{ label: "Carries out", value: <Link href={`#/jobs/${approval.held_job_id}`}>An approved list</Link> }]
              : []),
            ...(follower ? [{ label: "Replaced by", value: <Link href={`#/jobs/${follower}`}>A later job</Link> }] : []),
            { label: "ID", value: <Copyable text={job.id} what="the job's ID" /> },
          ]}
        />
        <Progress job={job} />
      </SpaceBetween>
    </Container>
  );
}

function Progress({ job: { progress, state, cancel_requested } }: { job: Job }) {
  if (!progress || state !== "running") return null;
  const { exported, to_export: all, listed, pages } = progress;
  return (
    <ProgressBar
      label={cancel_requested ? "Stopping" : "Progress"}
      value={all ? (100 * exported) / all : 0}
      description={`${listed} workflows listed on ${pages} pages`}
      additionalInfo={all ? `${exported} of ${all} definitions exported` : "Comparing"}
    />
  );
}
