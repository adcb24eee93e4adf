// The audit trail of one customer, or of all that the caller may see.

import Box from "@cloudscape-design/components/box";
import ExpandableSection from "@cloudscape-design/components/expandable-section";
import Header from "@cloudscape-design/components/header";
import Link from "@cloudscape-design/components/link";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator from "@cloudscape-design/components/status-indicator";

import { body, type AuditRecord } from "../api/client";
import { useApi } from "../api/context";
import { words } from "../components/filter";
import { ServerTable } from "../components/ServerTable";
import { Age } from "../components/time";

export function AuditTable({ customerId, variant }: { customerId?: string; variant: "full-page" | "container" }) {
  const api = useApi();
  return (
    <ServerTable<AuditRecord>
      name="audit"
      {...(customerId ? { of: customerId } : {})}
      variant={variant}
      header={
        <Header
          variant={customerId ? "h2" : "h1"}
          description="Every change and every refused attempt. Secret values are never recorded."
        >
          Audit
        </Header>
      }
      hidden={["request_id"]}
      phone={["at", "action", "outcome"]}
      isWrapped
      filters={[
        { key: "actor", label: "Actor" },
        { key: "action", label: "Action" },
        { key: "outcome", label: "Outcome", options: words("done", "refused") },
        { key: "since", label: "After", isMoment: true },
        { key: "until", label: "Before", isMoment: true },
      ]}
      load={async (query) => {
        if (!customerId) return body(await api.GET("/v1/audit", { params: { query } }));
        const path = { customer_id: customerId };
        return body(await api.GET("/v1/customers/{customer_id}/audit", { params: { path, query } }));
      }}
      trackBy={(record) => record.id}
      empty="No audit records yet."
      columns={[
        { id: "at", header: "When", isRowHeader: true, cell: (record) => <Age at={record.at} /> },
        { id: "actor", header: "Actor", cell: (record) => record.actor },
        { id: "action", header: "Action", cell: (record) => record.action },
        {
          id: "outcome",
          header: "Outcome",
          cell: (record) => (
            <StatusIndicator type={record.outcome === "done" ? "success" : "error"} wrapText={false}>
              {record.outcome === "done" ? "Done" : "Refused"}
            </StatusIndicator>
          ),
        },
        { id: "customer", header: "Customer", cell: (record) => record.customer_name ?? record.customer_id ?? "-" },
        { id: "changes", header: "Changes", minWidth: 180, cell: (record) => <Changes record={record} /> },
        { id: "request_id", header: "Request ID", cell: (record) => record.request_id },
      ]}
    />
  );
}

function Changes({ record }: { record: AuditRecord }) {
  if (record.changes.length === 0) return record.job_id ? <Link href={`#/jobs/${record.job_id}`}>Job</Link> : "-";
  return (
    <ExpandableSection
      variant="inline"
      headerText={record.changes.length === 1 ? record.changes[0]?.field : `${record.changes.length} fields`}
    >
      <SpaceBetween size="xxs">
        {record.changes.map(({ field, before, after }) => (
          <Box key={field}>
            <b>{field}</b>
            {(before ?? after) ? `: ${before ?? "(none)"} → ${after ?? "(none)"}` : ""}
          </Box>
        ))}
      </SpaceBetween>
    </ExpandableSection>
  );
}
