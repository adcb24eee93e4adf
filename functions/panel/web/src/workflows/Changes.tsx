// Changes of one workflow, newest first, or of all workflows of a customer, oldest first like the API's feed.

import Box from "@cloudscape-design/components/box";
import Link from "@cloudscape-design/components/link";
import SpaceBetween from "@cloudscape-design/components/space-between";

import { body, type Change } from "../api/client";
import { useApi } from "../api/context";
import { labelled } from "../components/filter";
import { NameLink } from "../components/NameLink";
import { ServerTable } from "../components/ServerTable";
import { Age } from "../components/time";

const KINDS: Record<Change["kind"], string> = { created: "Created", updated: "Updated", deleted: "Deleted" };

export function Changes({ customerId, workflowId }: { customerId: string; workflowId?: string }) {
  const api = useApi();
  const ofCustomer = { customer_id: customerId };
  return (
    <ServerTable<Change>
      name={workflowId ? "workflow-changes" : "changes"}
      of={`${customerId}/${workflowId ?? ""}`}
      variant="container"
      header={undefined}
      isWrapped
      filters={
        workflowId
          ? []
          : [
              { key: "kind", label: "Kind", options: labelled(KINDS) },
              { key: "since", label: "After", isMoment: true },
            ]
      }
      load={async (query) => {
        if (!workflowId)
          return body(await api.GET("/v1/customers/{customer_id}/changes", { params: { path: ofCustomer, query } }));
        const path = { ...ofCustomer, workflow_id: workflowId };
        return body(await api.GET("/v1/customers/{customer_id}/workflows/{workflow_id}/changes", { params: { path, query } }));
      }}
      trackBy={(change) => `${change.at} ${change.zuora_id} ${change.kind}`}
      empty="No changes yet."
      columns={[
        { id: "at", header: "When", isRowHeader: true, width: 110, cell: (change) => <Age at={change.at} /> },
        ...(workflowId
          ? []
          : [
              {
                id: "workflow",
                header: "Workflow",
                cell: ({ zuora_id, name }: Change) => (
                  <NameLink href={`#/customers/${customerId}/workflows/${zuora_id}`} name={name ?? zuora_id} />
                ),
              },
            ]),
        { id: "kind", header: "Kind", width: 110, cell: ({ kind }) => KINDS[kind] },
        { id: "fields", header: "Fields", width: 240, cell: (change) => <Fields change={change} /> },
        { id: "definition", header: "Definition", width: 220, cell: (change) => <Edits change={change} /> },
        { id: "job", header: "Job", width: 80, cell: (change) => <Link href={`#/jobs/${change.job_id}`}>Sync</Link> },
      ]}
    />
  );
}

function Fields({ change }: { change: Change }) {
  const fields = change.fields;
  if (fields.length === 0) return <>-</>;
  return (
    <SpaceBetween size="xxs">
      {fields.map(({ field, before, after }) => (
        <Box key={field}>
          <b>{field}</b>: <del>{before ?? "(none)"}</del> → <ins>{after ?? "(none)"}</ins>
        </Box>
      ))}
    </SpaceBetween>
  );
}

function Edits({ change }: { change: Change }) {
  if (!change.definition_changed) return <>-</>;
  const { tasks, linkages, settings } = change;
  const name = (task: { readonly name?: string | null }) => task.name ?? "(no name)";
  const lines = [
    ...(tasks?.added ?? []).map((task) => `+ task ${name(task)}`),
    ...(tasks?.removed ?? []).map((task) => `− task ${name(task)}`),
    ...(tasks?.edited ?? []).map((task) => `± task ${name(task)}: ${task.fields.join(", ")}`),
    ...(linkages
      ? [`${linkages.counts.added} linkages added, ${linkages.counts.removed} removed, ${linkages.counts.edited} edited`]
      : []),
    ...settings.map((setting) => `± ${setting}`),
  ];
  return (
    <SpaceBetween size="xxs">
      {lines.length === 0 ? "changed" : [...new Set(lines)].map((line) => <Box key={line}>{line}</Box>)}
    </SpaceBetween>
  );
}
