// Changes of one workflow, or of all workflows of a customer, newest first.

import Link from "@cloudscape-design/components/link";
import SegmentedControl from "@cloudscape-design/components/segmented-control";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useSearchParams } from "react-router";

import { body, type Change } from "../api/client";
import { useApi } from "../api/context";
import { labelled, type Filter } from "../components/filter";
import { Filters } from "../components/Filters";
import { NameLink } from "../components/NameLink";
import { useIsPhone } from "../components/phone";
import { ServerTable } from "../components/ServerTable";
import { Age } from "../components/time";
import { Classes } from "./Classes";
import { WhatChanged } from "./WhatChanged";

const KINDS: Record<Change["kind"], string> = { created: "Created", updated: "Updated", deleted: "Deleted" };

const OF_CUSTOMER: readonly Filter[] = [
  { key: "kind", label: "Kind", options: labelled(KINDS) },
  { key: "since", label: "After", isMoment: true },
  // Its values come by links, from the pages of syncs: a text that is typed means no sync.
  { key: "job_id", label: "Sync", options: [] },
];
const CLASS: Filter = { key: "class", label: "About" };

export function Changes({ customerId, workflowId }: { customerId: string; workflowId?: string }) {
  const api = useApi();
  const isPhone = useIsPhone();
  const [parameters] = useSearchParams();
  const isAll = parameters.get(CLASS.key) === "all";
  const filters = workflowId ? [] : OF_CUSTOMER;
  const ofCustomer = { customer_id: customerId };
  const nameOf = ({ zuora_id, name }: Change) => (
    <NameLink href={`#/customers/${customerId}/workflows/${zuora_id}`} name={name ?? zuora_id} />
  );
  return (
    <ServerTable<Change>
      name={workflowId ? "workflow-changes" : "changes"}
      of={`${customerId}/${workflowId ?? ""}`}
      variant="container"
      header={undefined}
      isWrapped
      phone={["at", "what"]}
      filters={[...filters, CLASS]}
      filterBar={
        <SpaceBetween size="xs">
          {filters.length > 0 && <Filters filters={filters} />}
          <WhichClasses />
        </SpaceBetween>
      }
      load={async (query) => {
        if (!workflowId) {
          const newest = { ...query, order: "newest" as const };
          return body(await api.GET("/v1/customers/{customer_id}/changes", { params: { path: ofCustomer, query: newest } }));
        }
        const path = { ...ofCustomer, workflow_id: workflowId };
        return body(await api.GET("/v1/customers/{customer_id}/workflows/{workflow_id}/changes", { params: { path, query } }));
      }}
      trackBy={(change) => `${change.at} ${change.zuora_id} ${change.kind}`}
      empty={isAll ? "No changes yet." : "No changes yet of what workflows do. Layout and bookkeeping are left out."}
      columns={[
        {
          id: "at",
          header: "When",
          isRowHeader: true,
          width: 110,
          verticalAlign: "top",
          cell: (change) => <Age at={change.at} />,
        },
        ...(workflowId ? [] : [{ id: "workflow", header: "Workflow", width: 180, verticalAlign: "top" as const, cell: nameOf }]),
        {
          id: "what",
          header: "What changed",
          width: 400,
          verticalAlign: "top",
          cell: (change) => (
            <div className="breaks">
              {isPhone && !workflowId && nameOf(change)}
              <WhatChanged change={change} isWhole={isAll} />
              <Differences customerId={customerId} change={change} />
            </div>
          ),
        },
        {
          id: "about",
          header: "About",
          width: 140,
          verticalAlign: "top",
          cell: (change) => <Classes of={change.classes ?? []} />,
        },
        {
          id: "job",
          header: "Job",
          width: 80,
          verticalAlign: "top",
          cell: (change) => <Link href={`#/jobs/${change.job_id}`}>Sync</Link>,
        },
      ]}
    />
  );
}

/** Leads to the definitions before and after, compared. */
function Differences({ customerId, change: { zuora_id, definition } }: { customerId: string; change: Change }) {
  const { before: from, after: to } = definition ?? {};
  if (!from || !to || from === to) return null;
  const query = new URLSearchParams({ tab: "history", from, to });
  return <Link href={`#/customers/${customerId}/workflows/${zuora_id}?${query}`}>Show differences</Link>;
}

/** Leaves out what is only layout or bookkeeping, as the API does, or nothing. */
function WhichClasses() {
  const [parameters, setParameters] = useSearchParams();
  const shown = parameters.get(CLASS.key) ?? "usual";
  return (
    <SegmentedControl
      label="Changes that are shown"
      selectedId={shown}
      options={[
        { id: "usual", text: "What workflows do" },
        { id: "all", text: "Everything" },
      ]}
      onChange={({ detail }) =>
        setParameters(
          (current) => {
            const next = new URLSearchParams(current);
            if (detail.selectedId === "all") next.set(CLASS.key, "all");
            else next.delete(CLASS.key);
            return next;
          },
          { replace: true },
        )
      }
    />
  );
}
