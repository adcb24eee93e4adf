// One customer: what is wrong, what is under way, and its workflows, changes, jobs and facts.

import Button from "@cloudscape-design/components/button";
import ContentLayout from "@cloudscape-design/components/content-layout";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
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
import { Changes } from "../changes/Changes";
import { useTitle } from "../components/title";
import { Banners } from "./Banners";
import { DeleteCustomer } from "./DeleteCustomer";
import { LiveSync } from "./LiveSync";
import { Overview } from "./Overview";
import { Health, LastSync, NextSync } from "./status";
import { SyncCustomer } from "./SyncCustomer";
import { useCustomer } from "./useCustomer";
import { usePause } from "./usePause";
import { Workflows } from "./Workflows";

export function CustomerPage() {
  const { customerId = "" } = useParams();
  const found = useCustomer(customerId, paceOfCustomer);
  return <Loading of={found}>{({ customer }) => <Details customer={customer} />}</Loading>;
}

function Details({ customer }: { customer: Customer }) {
  useTitle(customer.name);
  const [asked, setAsked] = useState<"sync" | "delete">();
  const [parameters, setParameters] = useSearchParams();
  const me = useMe().data;
  const close = () => setAsked(undefined);
  const { id, workflows_count: workflows } = customer;
  return (
    <ContentLayout header={<Title customer={customer} ask={setAsked} />}>
      <SpaceBetween size="l">
        <Banners customer={customer} sync={() => setAsked("sync")} />
        <LiveSync customer={customer} />
        <Tabs
          activeTabId={parameters.get("tab") ?? "workflows"}
          // Each tab has its own filters, which are dropped with it.
          onChange={({ detail }) => setParameters({ tab: detail.activeTabId }, { replace: true })}
          tabs={[
            {
              id: "workflows",
              // Counted when a sync ends: during the first one there are more.
              label: workflows > 0 ? `Workflows (${workflows.toLocaleString("en")})` : "Workflows",
              content: <Workflows customer={customer} />,
            },
            { id: "changes", label: "Changes", content: <Changes customerId={id} /> },
            { id: "jobs", label: "Jobs", content: <JobsTable customer={customer} /> },
            { id: "overview", label: "Overview", content: <Overview customer={customer} /> },
            { id: "audit", label: "Audit", content: <AuditTable customerId={id} variant="container" /> },
            ...(me?.actions.includes("grant") ? [{ id: "access", label: "Access", content: <Grants customerId={id} /> }] : []),
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
      description={<InShort customer={customer} />}
      actions={
        <SpaceBetween direction="horizontal" size="xs">
          {has("update") && <Button onClick={() => void navigate(`/customers/${customer.id}/edit`)}>Edit</Button>}
          <Button href={`#/compare?left=${customer.id}`}>Compare</Button>
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

/** The state of the customer in one line. */
function InShort({ customer }: { customer: Customer }) {
  return (
    <SpaceBetween direction="horizontal" size="m">
      <Health state={customer.health.state} />
      <span>
        Last sync: <LastSync of={customer.last_sync} />
      </span>
      <span>
        Next sync: <NextSync of={customer} />
      </span>
      <span>{customer.zuora_base_url}</span>
    </SpaceBetween>
  );
}
