// The workflows of a customer, with filters and export.

import ButtonDropdown from "@cloudscape-design/components/button-dropdown";
import Header from "@cloudscape-design/components/header";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";

import { body, type Customer, type Workflow } from "../api/client";
import { useApi } from "../api/context";
import { CALM_MS, LIVE_MS } from "../api/pace";
import { collect } from "../api/collect";
import { csv } from "../components/csv";
import { download } from "../components/download";
import { useMessages } from "../components/messages";
import { type Filter, words } from "../components/filter";
import { useFilterValues } from "../components/Filters";
import { NameLink } from "../components/NameLink";
import { ServerTable, type Page } from "../components/ServerTable";
import { Age } from "../components/time";

const FILTERS: readonly Filter[] = [
  { key: "name", label: "Name", matches: "beginning" },
  { key: "status", label: "Status" },
  { key: "deleted", label: "Deleted", options: words("true", "false") },
];
/** Maximum number of pages of 200 in an export, to bound the memory of the browser. */
const EXPORT_PAGES = 250;

export function Workflows({ customer }: { customer: Customer }) {
  const api = useApi();
  const path = { customer_id: customer.id };
  const isFiltered = Object.keys(useFilterValues(FILTERS)).length > 0;
  useAnewAfterEachSync(customer);
  return (
    <ServerTable<Workflow>
      name="workflows"
      of={customer.id}
      variant="container"
      header={(_, page) => (
        <Header
          variant="h2"
          {...(!isFiltered && isCounted(customer, page) && { counter: `(${customer.workflows_count.toLocaleString("en")})` })}
          actions={<Export customer={customer} />}
        >
          Workflows
        </Header>
      )}
      refetchInterval={customer.syncing ? LIVE_MS : CALM_MS}
      filters={FILTERS}
      phone={["name", "status", "last_synced_at"]}
      load={async (query) => body(await api.GET("/v1/customers/{customer_id}/workflows", { params: { path, query } }))}
      trackBy={(workflow) => workflow.zuora_id}
      empty={emptyBecause(customer)}
      columns={[
        {
          id: "name",
          header: "Name",
          isRowHeader: true,
          cell: (one) => (
            <NameLink href={`#/customers/${customer.id}/workflows/${one.zuora_id}`} name={one.name ?? "(no name)"} />
          ),
        },
        { id: "zuora_id", header: "Zuora ID", cell: (one) => one.zuora_id },
        { id: "status", header: "Status", cell: (one) => one.status ?? "-" },
        { id: "version", header: "Version", cell: (one) => one.version ?? "-" },
        { id: "tasks", header: "Tasks", cell: (one) => one.tasks_count.toLocaleString("en") },
        { id: "last_synced_at", header: "Last synced", cell: (one) => <Age at={one.last_synced_at} /> },
      ]}
    />
  );
}

/** Returns false while there are workflows that no sync has counted: they are counted when it ends. */
function isCounted({ workflows_count }: Customer, page: Page<Workflow> | undefined): boolean {
  return workflows_count > 0 || page?.items.length === 0;
}

type Format = "csv" | "json";

/** Reads the list again when a sync has finished; between syncs it rarely changes. */
function useAnewAfterEachSync({ id, last_sync: sync }: Customer) {
  const queries = useQueryClient();
  const ended = sync?.job_id;
  useEffect(() => {
    if (ended) void queries.invalidateQueries({ queryKey: ["workflows", id] });
  }, [queries, id, ended]);
}

/** Saves all workflows that match the filters, not only one page, as a file. */
function Export({ customer }: { customer: Customer }) {
  const api = useApi();
  const messages = useMessages();
  const path = { customer_id: customer.id };
  const wanted = useFilterValues(FILTERS);
  const file = useMutation({
    mutationFn: async (format: Format) => {
      const { items, isCut } = await collect<Workflow>(
        async (page) =>
          body(await api.GET("/v1/customers/{customer_id}/workflows", { params: { path, query: { ...wanted, ...page } } })),
        EXPORT_PAGES,
      );
      const name = `workflows-${customer.id}.${format}`;
      if (format === "json") download(name, "application/json", JSON.stringify(items, undefined, 2));
      else download(name, "text/csv", csv(COLUMNS, items.map(rowOf)));
      if (isCut) messages.failed("The file is incomplete", new Error(`It contains only the first ${items.length} workflows.`));
    },
    onError: (error) => messages.failed("The workflows could not be exported", error),
  });
  return (
    <ButtonDropdown
      loading={file.isPending}
      items={[
        { id: "csv", text: "CSV, for spreadsheets" },
        { id: "json", text: "JSON" },
      ]}
      onItemClick={({ detail }) => file.mutate(detail.id as Format)}
    >
      Export
    </ButtonDropdown>
  );
}

const COLUMNS = ["zuora_id", "name", "description", "status", "version", "tasks", "updated_at", "last_synced_at"];

function rowOf(workflow: Workflow) {
  const { zuora_id, name, description, status, version, tasks_count, updated_at, last_synced_at } = workflow;
  return [zuora_id, name, description, status, version, tasks_count, updated_at, last_synced_at];
}

/** The reason why the list is empty. */
function emptyBecause(customer: Customer): string {
  if (customer.health.state === "failing") return "Syncs are failing. See the reason above.";
  if (!customer.last_sync) return "The first sync has not finished yet.";
  if (customer.last_sync.state !== "succeeded") return "The last sync did not succeed. Nothing has been copied yet.";
  return "The Zuora tenant has no workflows, or the user of the OAuth client cannot see them.";
}
