// One customer: how it is, what its last sync did, and its workflows.

import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import ContentLayout from "@cloudscape-design/components/content-layout";
import Header from "@cloudscape-design/components/header";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import Link from "@cloudscape-design/components/link";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import Tabs from "@cloudscape-design/components/tabs";
import { useState } from "react";
import { useNavigate, useParams } from "react-router";

import { body, type Customer, type Workflow } from "../api/client";
import { may, useApi, useMe } from "../api/context";
import { AuditTable } from "../audit/AuditTable";
import { JobsTable } from "../jobs/JobsTable";
import { Loading } from "../parts/pages";
import { ServerTable } from "../parts/ServerTable";
import { SyncStats } from "../parts/SyncStats";
import { Age } from "../parts/time";
import { Changes } from "../workflows/Changes";
import { DeleteCustomer } from "./DeleteCustomer";
import { CustomerStatus, LastSync } from "./status";
import { SyncCustomer } from "./SyncCustomer";
import { useCustomer } from "./useCustomer";
import { usePause } from "./usePause";

/** How often what is shown is looked at again, in milliseconds. */
const LIVE_MS = 5_000;

export function CustomerPage() {
  const { customerId = "" } = useParams();
  const found = useCustomer(customerId, LIVE_MS);
  return <Loading of={found}>{({ customer }) => <Details customer={customer} />}</Loading>;
}

function Details({ customer }: { customer: Customer }) {
  const [asked, setAsked] = useState<"sync" | "delete">();
  const close = () => setAsked(undefined);
  return (
    <ContentLayout header={<Title customer={customer} ask={setAsked} />}>
      <SpaceBetween size="l">
        <Container header={<Header variant="h2">Overview</Header>}>
          <Overview customer={customer} />
        </Container>
        <Container header={<Header variant="h2">Last sync</Header>}>
          {customer.last_sync ? (
            <SyncStats stats={customer.last_sync.stats} />
          ) : (
            "No sync has ended yet. The first one is queued when a customer is created."
          )}
        </Container>
        <Tabs
          tabs={[
            { id: "workflows", label: `Workflows (${customer.workflows_count})`, content: <Workflows customer={customer} /> },
            { id: "jobs", label: "Jobs", content: <JobsTable customerId={customer.id} variant="container" /> },
            { id: "changes", label: "Changes", content: <Changes customerId={customer.id} /> },
            { id: "audit", label: "Audit", content: <AuditTable customerId={customer.id} variant="container" /> },
          ]}
        />
      </SpaceBetween>
      {asked === "sync" && <SyncCustomer customer={customer} close={close} />}
      {asked === "delete" && <DeleteCustomer customer={customer} close={close} />}
    </ContentLayout>
  );
}

function Title({ customer, ask }: { customer: Customer; ask: (what: "sync" | "delete") => void }) {
  const me = useMe().data;
  const navigate = useNavigate();
  const pause = usePause(customer);
  const can = customer.status !== "deleting";
  const mayUpdate = may(me, "update", customer.id);
  return (
    <Header
      variant="h1"
      description={customer.zuora_base_url}
      actions={
        can && (
          <SpaceBetween direction="horizontal" size="xs">
            {mayUpdate && <Button onClick={() => void navigate(`/customers/${customer.id}/edit`)}>Edit</Button>}
            {mayUpdate && (
              <Button loading={pause.isPending} onClick={() => pause.mutate()}>
                {customer.status === "paused" ? "Resume" : "Pause"}
              </Button>
            )}
            {may(me, "delete", customer.id) && <Button onClick={() => ask("delete")}>Delete</Button>}
            {may(me, "sync", customer.id) && (
              <Button variant="primary" iconName="refresh" onClick={() => ask("sync")}>
                Sync Workflows
              </Button>
            )}
          </SpaceBetween>
        )
      }
    >
      {customer.name}
    </Header>
  );
}

function Overview({ customer }: { customer: Customer }) {
  const { connection, zuora_client_secret: secret } = customer;
  return (
    <KeyValuePairs
      columns={4}
      items={[
        { label: "Status", value: <CustomerStatus status={customer.status} /> },
        { label: "Last sync", value: <LastSync of={customer.last_sync} /> },
        { label: "Next sync", value: customer.next_sync_at ? <Age at={customer.next_sync_at} /> : "Only when asked for" },
        { label: "Connection", value: <Connection of={connection} /> },
        { label: "Workflows", value: customer.workflows_count },
        { label: "Tasks", value: customer.tasks_count },
        { label: "Environment", value: customer.environment },
        { label: "Zuora client ID", value: customer.zuora_client_id },
        {
          label: "Zuora client secret",
          value: (
            <StatusIndicator type={secret.rotation_due ? "warning" : "success"}>
              Set <Age at={secret.updated_at} />
              {secret.rotation_due && ": replace it, it is older than six months"}
            </StatusIndicator>
          ),
        },
        { label: "Deletions held above", value: `${customer.delete_guard.count} workflows or ${customer.delete_guard.percent} %` },
        { label: "Created", value: <Age at={customer.created_at} /> },
        { label: "ID", value: customer.id },
      ]}
    />
  );
}

function Connection({ of }: { of: Customer["connection"] }) {
  if (of.error) {
    return (
      <StatusIndicator type="error">
        {of.error.message} {of.error.next_step}
      </StatusIndicator>
    );
  }
  if (!of.checked_at) return <StatusIndicator type="pending">Not tried yet</StatusIndicator>;
  return (
    <StatusIndicator type="success">
      Worked <Age at={of.checked_at} />
    </StatusIndicator>
  );
}

function Workflows({ customer }: { customer: Customer }) {
  const api = useApi();
  const path = { customer_id: customer.id };
  return (
    <ServerTable<Workflow>
      name="workflows"
      of={customer.id}
      variant="container"
      header={
        <Header variant="h2" counter={`(${customer.workflows_count})`}>
          Workflows
        </Header>
      }
      refetchInterval={LIVE_MS}
      filters={[
        { key: "name", label: "Name" },
        { key: "status", label: "Status" },
        { key: "deleted", label: "Deleted", options: ["true", "false"] },
      ]}
      load={async (query) => body(await api.GET("/v1/customers/{customer_id}/workflows", { params: { path, query } }))}
      trackBy={(workflow) => workflow.zuora_id}
      empty={emptyBecause(customer)}
      columns={[
        { id: "name", header: "Name", isRowHeader: true, cell: (one) => <Link href={`#/customers/${customer.id}/workflows/${one.zuora_id}`}>{one.name ?? "(no name)"}</Link> },
        { id: "zuora_id", header: "Zuora ID", cell: (one) => one.zuora_id },
        { id: "status", header: "Status", cell: (one) => one.status ?? "-" },
        { id: "version", header: "Version", cell: (one) => one.version ?? "-" },
        { id: "tasks", header: "Tasks", cell: (one) => one.tasks_count },
        { id: "last_synced_at", header: "Last synced", cell: (one) => <Age at={one.last_synced_at} /> },
      ]}
    />
  );
}

/** Why no workflow is there. */
function emptyBecause(customer: Customer): string {
  if (customer.status === "needs_attention") return "The syncs fail. See the connection above for what to do.";
  if (!customer.last_sync) return "The first sync has not ended yet.";
  if (customer.last_sync.state !== "succeeded") return "The last sync did not succeed, so nothing was copied yet.";
  return "The Zuora tenant has no workflows, or the OAuth client's user may not see them.";
}
