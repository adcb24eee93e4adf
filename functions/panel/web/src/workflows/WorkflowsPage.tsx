// Workflows of all customers that the caller may see, with a search by Zuora ID or the beginning of the name.

import Header from "@cloudscape-design/components/header";

import { body, type Workflow } from "../api/client";
import { useApi } from "../api/context";
import { CustomerName } from "../components/CustomerName";
import type { Filter } from "../components/filter";
import { NameLink } from "../components/NameLink";
import { ServerTable } from "../components/ServerTable";
import { Age } from "../components/time";
import { useTitle } from "../components/title";

const FILTERS: readonly Filter[] = [
  { key: "name", label: "Name", matches: "beginning" },
  { key: "zuora_id", label: "Zuora ID" },
];

export function WorkflowsPage() {
  useTitle("Workflows");
  const api = useApi();
  return (
    <ServerTable<Workflow>
      name="all-workflows"
      header={
        <Header variant="h1" description="Workflows of all customers, sorted by customer. Names are searched by their beginning.">
          Workflows
        </Header>
      }
      filters={FILTERS}
      phone={["name", "customer", "status"]}
      load={async (query) => body(await api.GET("/v1/workflows", { params: { query } }))}
      trackBy={(workflow) => `${workflow.customer_id} ${workflow.zuora_id}`}
      empty="No workflows yet."
      columns={[
        {
          id: "name",
          header: "Name",
          isRowHeader: true,
          cell: (one) => (
            <NameLink href={`#/customers/${one.customer_id}/workflows/${one.zuora_id}`} name={one.name ?? "(no name)"} />
          ),
        },
        { id: "customer", header: "Customer", cell: (one) => <CustomerName id={one.customer_id} isOneOfMany /> },
        { id: "zuora_id", header: "Zuora ID", cell: (one) => one.zuora_id },
        { id: "status", header: "Status", cell: (one) => one.status ?? "-" },
        { id: "version", header: "Version", cell: (one) => one.version ?? "-" },
        { id: "tasks", header: "Tasks", cell: (one) => one.tasks_count },
        { id: "last_synced_at", header: "Last synced", cell: (one) => <Age at={one.last_synced_at} /> },
      ]}
    />
  );
}
