// All customers that the caller may see, with actions on one, on those selected, or on all.

import Button from "@cloudscape-design/components/button";
import ButtonDropdown from "@cloudscape-design/components/button-dropdown";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { useNavigate, useSearchParams } from "react-router";

import { body, type Customer } from "../api/client";
import { useApi, useMe } from "../api/context";
import { CALM_MS } from "../api/pace";
import { useStats } from "../api/queries";
import { labelled } from "../components/filter";
import { HelpLink } from "../help/HelpLink";
import { NameLink } from "../components/NameLink";
import { ServerTable, type Page } from "../components/ServerTable";
import { Age } from "../components/time";
import { useTitle } from "../components/title";
import { BulkActions } from "./BulkActions";
import { DeleteCustomer } from "./DeleteCustomer";
import { ENVIRONMENTS } from "./fields";
import { HEALTH_FILTER, NEED_FILTER, TAG_FILTER } from "./health";
import { HealthViews } from "./HealthViews";
import { CUSTOMER_STATUSES, CustomerStatus, HealthOf, LastSync, NextSync } from "./status";
import { SyncAll } from "./SyncAll";
import { SyncCustomer } from "./SyncCustomer";
import { Tags } from "./Tags";
import { usePause } from "./usePause";

type Asked = { readonly what: "sync" | "delete"; readonly customer: Customer } | { readonly what: "sync all" };

export function CustomersPage() {
  useTitle("Customers");
  const api = useApi();
  const navigate = useNavigate();
  const me = useMe().data;
  const mayChangeMany = me?.actions.includes("bulk_customers") ?? false;
  const [parameters] = useSearchParams();
  const [asked, setAsked] = useState<Asked>();
  const total = useStats().data?.customers.total;
  const close = () => setAsked(undefined);
  return (
    <>
      <ServerTable<Customer, Page<Customer> & { readonly total?: number | null }>
        name="customers"
        header={(selected, page) => (
          <SpaceBetween size="s">
            <Header
              variant="h1"
              info={<HelpLink section="help-customers" about="customers" />}
              counter={page && `(${(page.total ?? page.items.length).toLocaleString("en")})`}
              description="Client organizations that use Zuora, each with its own credentials and workflows."
              actions={
                <SpaceBetween direction="horizontal" size="xs">
                  {mayChangeMany && <BulkActions selected={selected} />}
                  {me?.actions.includes("sync_all") && <Button onClick={() => setAsked({ what: "sync all" })}>Sync all</Button>}
                  {me?.actions.includes("create_customer") && (
                    <Button variant="primary" onClick={() => void navigate("/customers/new")}>
                      New customer
                    </Button>
                  )}
                </SpaceBetween>
              }
            >
              Customers
            </Header>
            <HealthViews />
          </SpaceBetween>
        )}
        hidden={["status", "tasks", "owner"]}
        phone={["name", "health", "actions"]}
        isSelectable={(customer) => mayChangeMany && customer.actions.length > 0}
        nameOf={(customer) => customer.name}
        refetchInterval={CALM_MS}
        filters={[
          { key: "name", label: "Name", matches: "part" },
          HEALTH_FILTER,
          NEED_FILTER,
          { key: "status", label: "Status", options: labelled(CUSTOMER_STATUSES) },
          { key: "environment", label: "Environment", options: labelled(ENVIRONMENTS) },
          { key: "zuora_base_url", label: "Zuora base URL" },
          TAG_FILTER,
        ]}
        load={async (query) => {
          // Those in need of somebody are listed worst first.
          const sort = query[HEALTH_FILTER.key] || query[NEED_FILTER.key] ? "-health" : "name";
          return body(await api.GET("/v1/customers", { params: { query: { ...query, sort } } }));
        }}
        trackBy={(customer) => customer.id}
        empty="No customers yet. Create one to copy its workflows."
        columns={[
          {
            id: "name",
            header: "Name",
            isRowHeader: true,
            cell: (one) => <NameLink href={`#/customers/${one.id}`} name={one.name} />,
          },
          { id: "health", header: "Health", width: 240, cell: (one) => <HealthOf customer={one} /> },
          { id: "last_sync", header: "Last sync", width: 210, cell: (one) => <LastSync of={one.last_sync} /> },
          { id: "id", header: "ID", cell: (one) => one.id },
          { id: "zuora_base_url", header: "Zuora base URL", cell: (one) => one.zuora_base_url },
          { id: "workflows", header: "Workflows", width: 120, cell: (one) => one.workflows_count.toLocaleString("en") },
          { id: "created_at", header: "Created", cell: (one) => <Age at={one.created_at} /> },
          { id: "updated_at", header: "Updated", cell: (one) => <Age at={one.updated_at} /> },
          { id: "environment", header: "Environment", width: 140, cell: (one) => ENVIRONMENTS[one.environment] },
          { id: "next_sync", header: "Next sync", cell: (one) => <NextSync of={one} /> },
          { id: "tags", header: "Tags", cell: (one) => <Tags tags={one.tags} filters={parameters} /> },
          { id: "owner", header: "Owner", cell: (one) => one.owner ?? "-" },
          { id: "status", header: "Status", cell: (one) => <CustomerStatus status={one.status} /> },
          { id: "tasks", header: "Tasks", width: 110, cell: (one) => one.tasks_count.toLocaleString("en") },
          {
            id: "actions",
            header: "Actions",
            width: 110,
            isNeeded: (one) => one.actions.length > 0,
            cell: (one) => <Actions customer={one} ask={setAsked} />,
          },
        ]}
      />
      {asked?.what === "sync all" && <SyncAll total={total} close={close} />}
      {asked?.what === "sync" && <SyncCustomer customer={asked.customer} close={close} />}
      {asked?.what === "delete" && <DeleteCustomer customer={asked.customer} close={close} />}
    </>
  );
}

function Actions({ customer, ask }: { customer: Customer; ask: (asked: Asked) => void }) {
  const navigate = useNavigate();
  const pause = usePause(customer);
  const has = (action: Customer["actions"][number]) => customer.actions.includes(action);
  const items = [
    ...(has("update") ? [{ id: "edit", text: "Edit" }] : []),
    ...(has("pause") ? [{ id: "pause", text: "Pause" }] : []),
    ...(has("resume") ? [{ id: "pause", text: "Resume" }] : []),
    ...(has("delete") ? [{ id: "delete", text: "Delete" }] : []),
  ];
  return (
    <SpaceBetween direction="horizontal" size="xs">
      {has("sync") && (
        <Button
          variant="inline-icon"
          iconName="refresh"
          ariaLabel={`Sync Workflows of ${customer.name}`}
          onClick={() => ask({ what: "sync", customer })}
        />
      )}
      {items.length > 0 && (
        <ButtonDropdown
          variant="inline-icon"
          ariaLabel={`More actions for ${customer.name}`}
          expandToViewport
          items={items}
          onItemClick={({ detail }) => {
            if (detail.id === "edit") void navigate(`/customers/${customer.id}/edit`);
            if (detail.id === "pause") pause.mutate();
            if (detail.id === "delete") ask({ what: "delete", customer });
          }}
        />
      )}
    </SpaceBetween>
  );
}
