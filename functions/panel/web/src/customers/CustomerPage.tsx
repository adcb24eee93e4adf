// One customer: its state, its last sync, and its workflows.

import Alert from "@cloudscape-design/components/alert";
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
import { useNavigate, useParams, useSearchParams } from "react-router";

import type { Customer } from "../api/client";
import { useMe } from "../api/context";
import { paceOfCustomer } from "../api/pace";
import { Grants } from "../access/Grants";
import { AuditTable } from "../audit/AuditTable";
import { JobsTable } from "../jobs/JobsTable";
import { Loading } from "../components/Fallback";
import { SyncStats } from "../components/SyncStats";
import { Age } from "../components/time";
import { Changes } from "../workflows/Changes";
import { useTitle } from "../components/title";
import { DeleteCustomer } from "./DeleteCustomer";
import { ENVIRONMENTS } from "./fields";
import { HealthAlert } from "./HealthAlert";
import { CustomerStatus, LastComplete, LastSync } from "./status";
import { SyncCustomer } from "./SyncCustomer";
import { useCustomer } from "./useCustomer";
import { Trend } from "./Trend";
import { usePause } from "./usePause";
import { useTestAgain } from "./useTestAgain";
import { Workflows } from "./Workflows";

export function CustomerPage() {
  const { customerId = "" } = useParams();
  const found = useCustomer(customerId, paceOfCustomer);
  return <Loading of={found}>{({ customer }) => <Details customer={customer} />}</Loading>;
}

function Details({ customer }: { customer: Customer }) {
  useTitle(customer.name);
  const { connection, health } = customer;
  const [asked, setAsked] = useState<"sync" | "delete">();
  const [parameters, setParameters] = useSearchParams();
  const me = useMe().data;
  const close = () => setAsked(undefined);
  return (
    <ContentLayout header={<Title customer={customer} ask={setAsked} />}>
      <SpaceBetween size="l">
        {health.remedy && <HealthAlert customer={customer} sync={() => setAsked("sync")} />}
        {connection.error && connection.error.message !== health.reason && (
          <Alert type="error" header={connection.error.message}>
            {connection.error.next_step}
          </Alert>
        )}
        <Container header={<Header variant="h2">Overview</Header>}>
          <Overview customer={customer} />
        </Container>
        <Container
          header={
            <Header variant="h2" info={customer.last_sync && <Link href={`#/jobs/${customer.last_sync.job_id}`}>Job</Link>}>
              Last sync
            </Header>
          }
        >
          {customer.last_sync ? (
            <SpaceBetween size="l">
              <LastSync of={customer.last_sync} />
              <SyncStats stats={customer.last_sync.stats} />
              <Trend customer={customer} />
            </SpaceBetween>
          ) : (
            "No sync has finished yet. The first one is queued when a customer is created."
          )}
        </Container>
        <Tabs
          activeTabId={parameters.get("tab") ?? "workflows"}
          // Each tab has its own filters, which are dropped with it.
          onChange={({ detail }) => setParameters({ tab: detail.activeTabId }, { replace: true })}
          tabs={[
            { id: "workflows", label: `Workflows (${customer.workflows_count})`, content: <Workflows customer={customer} /> },
            { id: "jobs", label: "Jobs", content: <JobsTable customer={customer} /> },
            { id: "changes", label: "Changes", content: <Changes customerId={customer.id} /> },
            ...(me?.actions.includes("grant")
              ? [{ id: "access", label: "Access", content: <Grants customerId={customer.id} /> }]
              : []),
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
  const navigate = useNavigate();
  const pause = usePause(customer);
  const has = (action: Customer["actions"][number]) => customer.actions.includes(action);
  return (
    <Header
      variant="h1"
      description={customer.zuora_base_url}
      actions={
        <SpaceBetween direction="horizontal" size="xs">
          {has("update") && <Button onClick={() => void navigate(`/customers/${customer.id}/edit`)}>Edit</Button>}
          {(has("pause") || has("resume")) && (
            <Button loading={pause.isPending} onClick={() => pause.mutate()}>
              {has("resume") ? "Resume" : "Pause"}
            </Button>
          )}
          {has("delete") && <Button onClick={() => ask("delete")}>Delete</Button>}
          {has("sync") && (
            <Button variant="primary" iconName="refresh" onClick={() => ask("sync")}>
              Sync Workflows
            </Button>
          )}
        </SpaceBetween>
      }
    >
      {customer.name}
    </Header>
  );
}

function Overview({ customer }: { customer: Customer }) {
  const { connection, zuora_client_secret: secret } = customer;
  const test = useTestAgain(customer);
  return (
    <KeyValuePairs
      columns={4}
      items={[
        { label: "Status", value: <CustomerStatus status={customer.status} /> },
        { label: "Last sync", value: <LastSync of={customer.last_sync} /> },
        { label: "Last complete sync", value: <LastComplete at={customer.last_complete_sync_at} /> },
        { label: "Next sync", value: <NextSync of={customer} /> },
        {
          label: "Connection",
          value: (
            <SpaceBetween size="xxs">
              <Connection of={connection} />
              {customer.actions.includes("test_connection") && (
                <Button variant="inline-link" loading={test.isPending} onClick={() => test.mutate()}>
                  Test again
                </Button>
              )}
            </SpaceBetween>
          ),
        },
        { label: "Workflows", value: customer.workflows_count.toLocaleString("en") },
        { label: "Tasks", value: customer.tasks_count.toLocaleString("en") },
        { label: "Environment", value: ENVIRONMENTS[customer.environment] },
        { label: "Zuora client ID", value: customer.zuora_client_id },
        {
          label: "Zuora client secret",
          value: (
            <StatusIndicator type={secret.rotation_due ? "warning" : "success"}>
              Set <Age at={secret.updated_at} />
              {secret.rotation_due && ". It is more than six months old. Replace it."}
            </StatusIndicator>
          ),
        },
        {
          label: "Ask before deleting",
          value: `More than ${customer.delete_guard.count} workflows or ${customer.delete_guard.percent}% within 24 hours`,
        },
        { label: "Created", value: <Age at={customer.created_at} /> },
        { label: "ID", value: customer.id },
      ]}
    />
  );
}

function NextSync({ of }: { of: Customer }) {
  if (of.status === "paused") return <>Paused</>;
  return of.next_sync_at ? <Age at={of.next_sync_at} /> : <>Manual only</>;
}

function Connection({ of }: { of: Customer["connection"] }) {
  if (!of.checked_at) return <StatusIndicator type="pending">Not tested yet</StatusIndicator>;
  return (
    <StatusIndicator type={of.error ? "error" : "success"}>
      {of.error ? "Failed" : "Connected"} (checked <Age at={of.checked_at} />)
    </StatusIndicator>
  );
}
