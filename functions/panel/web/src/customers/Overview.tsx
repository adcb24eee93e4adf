// The facts of a customer, its last sync and the trend of its syncs.

import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import Link from "@cloudscape-design/components/link";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator from "@cloudscape-design/components/status-indicator";

import type { Customer } from "../api/client";
import { SyncStats } from "../components/SyncStats";
import { Age } from "../components/time";
import { Copyable } from "../components/Copyable";
import { ENVIRONMENTS, FREQUENCIES } from "./fields";
import { LABELS } from "./labels";
import { CustomerStatus, LastComplete, LastSync, NextSync } from "./status";
import { Tags } from "./Tags";
import { Trend } from "./Trend";
import { useTestAgain } from "./useTestAgain";

export function Overview({ customer }: { customer: Customer }) {
  const { last_sync: sync } = customer;
  return (
    <SpaceBetween size="l">
      <Container header={<Header variant="h2">Facts</Header>}>
        <Facts customer={customer} />
      </Container>
      <Container
        header={
          <Header variant="h2" info={sync && <Link href={`#/jobs/${sync.job_id}`}>Job</Link>}>
            Last sync
          </Header>
        }
      >
        {sync ? (
          <SpaceBetween size="l">
            <LastSync of={sync} />
            <SyncStats stats={sync.stats} />
            <Trend customer={customer} />
          </SpaceBetween>
        ) : (
          "No sync has finished yet. The first one is queued when a customer is created."
        )}
      </Container>
    </SpaceBetween>
  );
}

function Facts({ customer }: { customer: Customer }) {
  const { connection, delete_guard: guard, zuora_client_secret: secret, tags, owner, notes } = customer;
  return (
    <KeyValuePairs
      columns={4}
      minColumnWidth={230}
      items={[
        { label: LABELS.status, value: <CustomerStatus status={customer.status} /> },
        { label: "Last sync", value: <LastSync of={customer.last_sync} /> },
        { label: "Last complete sync", value: <LastComplete at={customer.last_complete_sync_at} /> },
        { label: "Next sync", value: <NextSync of={customer} /> },
        { label: LABELS.sync_frequency, value: FREQUENCIES[customer.sync_frequency] },
        { label: "Workflows", value: customer.workflows_count.toLocaleString("en") },
        { label: "Tasks", value: customer.tasks_count.toLocaleString("en") },
        { label: "Ask before deleting", value: `More than ${guard.count} workflows or ${guard.percent}% within 24 hours` },
        { label: "Connection", value: <Connection customer={customer} of={connection} /> },
        { label: LABELS.zuora_base_url, value: <Copyable text={customer.zuora_base_url} what="the base URL" /> },
        { label: LABELS.zuora_client_id, value: <Copyable text={customer.zuora_client_id} what="the client ID" /> },
        {
          label: LABELS.zuora_client_secret,
          value: (
            <StatusIndicator type={secret.rotation_due ? "warning" : "success"}>
              Set <Age at={secret.updated_at} />
              {secret.rotation_due && ". Replace it."}
            </StatusIndicator>
          ),
        },
        { label: LABELS.environment, value: ENVIRONMENTS[customer.environment] },
        { label: LABELS.owner, value: owner ?? "-" },
        { label: LABELS.tags, value: <Tags tags={tags} /> },
        { label: "Created", value: <Age at={customer.created_at} /> },
        { label: "Updated", value: <Age at={customer.updated_at} /> },
        { label: "ID", value: <Copyable text={customer.id} what="the customer's ID" /> },
        // The line breaks of a note are its author's.
        { label: LABELS.notes, value: notes ? <span style={{ whiteSpace: "pre-wrap" }}>{notes}</span> : "-" },
      ]}
    />
  );
}

function Connection({ customer, of }: { customer: Customer; of: Customer["connection"] }) {
  const test = useTestAgain(customer);
  return (
    <SpaceBetween size="xxs">
      {of.checked_at ? (
        <StatusIndicator type={of.error ? "error" : "success"}>
          {of.error ? "Failed" : "Connected"} (checked <Age at={of.checked_at} />)
        </StatusIndicator>
      ) : (
        <StatusIndicator type="pending">Not tested yet</StatusIndicator>
      )}
      {customer.actions.includes("test_connection") && (
        <Button variant="inline-link" loading={test.isPending} onClick={() => test.mutate()}>
          Test again
        </Button>
      )}
    </SpaceBetween>
  );
}
