// The deletions that a sync held, listed for approval.

import Alert from "@cloudscape-design/components/alert";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import Link from "@cloudscape-design/components/link";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useNavigate } from "react-router";

import { body, type HeldList, type Job } from "../api/client";
import { useApi } from "../api/context";
import { HelpLink } from "../help/HelpLink";
import { Confirm } from "../components/Confirm";
import { useMessages } from "../components/messages";
import { NameLink } from "../components/NameLink";
import { ServerTable } from "../components/ServerTable";
import { Age } from "../components/time";
import { doubtOf, type HeldBack } from "./doubts";

export function Held({ job, held }: { job: Job; held: HeldBack }) {
  const api = useApi();
  const [isAsked, setAsked] = useState(false);
  const doubt = doubtOf(held);
  const path = { job_id: job.id };
  return (
    <SpaceBetween size="m">
      {held.approved && (
        <Alert type="info">
          Approved <Age at={held.approved.at} />. See{" "}
          <Link href={`#/jobs/${held.approved.job_id}`}>the sync that carries it out</Link>.
        </Alert>
      )}
      <ServerTable<HeldWorkflow>
        name="held"
        of={job.id}
        variant="container"
        header={
          <Header
            variant="h2"
            counter={`(${held.count})`}
            info={<HelpLink section="when-a-sync-is-held" about="when a sync is held" />}
            description={held.approved ? held.reason : `${held.reason} ${doubt.advice}`}
            actions={
              job.actions.includes("approve_deletions") && (
                <Button variant="primary" onClick={() => setAsked(true)}>
                  {doubt.action}
                </Button>
              )
            }
          >
            {doubt.heading}
          </Header>
        }
        load={async (query) => rowsOf(body(await api.GET("/v1/jobs/{job_id}/held", { params: { path, query } })))}
        trackBy={({ id }) => id}
        empty="Nothing is held."
        phone={["name", "id"]}
        columns={[
          {
            id: "name",
            header: "Workflow",
            isRowHeader: true,
            cell: ({ id, name }) =>
              name ? <NameLink href={`#/customers/${job.customer_id}/workflows/${id}`} name={name} /> : "-",
          },
          { id: "id", header: "Zuora ID", cell: ({ id }) => id },
        ]}
      />
      {isAsked && <Approve job={job} held={held} close={() => setAsked(false)} />}
    </SpaceBetween>
  );
}

interface HeldWorkflow {
  readonly id: string;
  /** Undefined if the workflow is no longer stored. */
  readonly name: string | undefined;
}

function rowsOf({ items, names, next_cursor }: HeldList) {
  return { items: items.map((id) => ({ id, name: names[id] })), next_cursor: next_cursor ?? null };
}

function Approve({ job, held, close }: { job: Job; held: HeldBack; close: () => void }) {
  const doubt = doubtOf(held);
  const api = useApi();
  const queries = useQueryClient();
  const messages = useMessages();
  const navigate = useNavigate();
  const approval = useMutation({
    mutationFn: async () =>
      body(
        await api.POST("/v1/jobs/{job_id}/approve-deletions", {
          params: { path: { job_id: job.id } },
          // Binds the approval to the list that was shown.
          body: held.list_hash ? { list_hash: held.list_hash } : {},
        }),
      ),
    onSuccess: (next) => {
      messages.done("Approved. A sync that carries it out is queued.");
      void queries.invalidateQueries();
      close();
      void navigate(`/jobs/${next.id}`);
    },
  });
  return (
    <Confirm
      title={doubt.question}
      action={doubt.action}
      isBusy={approval.isPending}
      error={approval.error}
      onConfirm={() => approval.mutate()}
      onClose={close}
    >
      <Container>
        {held.reason} {doubt.effect} Nothing changes at Zuora.
      </Container>
    </Confirm>
  );
}
