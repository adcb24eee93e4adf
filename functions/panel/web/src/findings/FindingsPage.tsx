// Findings over all customers that the caller may view.

import Button from "@cloudscape-design/components/button";
import Header from "@cloudscape-design/components/header";
import Link from "@cloudscape-design/components/link";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useMutation } from "@tanstack/react-query";
import { lazy, Suspense, useState } from "react";

import type { ListedFinding } from "../api/client";
import { useApi } from "../api/context";
import { useCustomerOptions } from "../api/queries";
import { Cut } from "../components/Cut";
import type { Filter } from "../components/filter";
import { useFilterValues } from "../components/Filters";
import { useMessages } from "../components/messages";
import { NameLink } from "../components/NameLink";
import { useIsPhone } from "../components/phone";
import { ServerTable } from "../components/ServerTable";
import { useTitle } from "../components/title";
import { HelpLink } from "../help/HelpLink";
import { Level } from "./Level";
import { Place } from "./Place";
import { addressOf, FILTERS, findingsPage } from "./query";
import { saveFindings } from "./save";
import { What } from "./What";
import { ownerInWords } from "./words";

// What reads files is loaded with the first one.
const CheckExport = lazy(() => import("./CheckExport"));

export function FindingsPage() {
  useTitle("Findings");
  const api = useApi();
  const isPhone = useIsPhone();
  const customers = useCustomerOptions();
  const filters: readonly Filter[] = [...FILTERS, { key: "customer_id", label: "Customer", options: customers }];
  return (
    <ServerTable<ListedFinding>
      name="findings"
      header={
        <Header
          variant="h1"
          info={<HelpLink section="findings" about="findings" />}
          description="Faults in the workflows of all customers, as their last syncs found them. Each page begins with the errors."
          actions={<Actions filters={filters} />}
        >
          Findings
        </Header>
      }
      isWrapped
      phone={["what", "workflow"]}
      filters={filters}
      load={(query) => findingsPage(api, query)}
      trackBy={({ customer_id, zuora_id, rule, task, path }) =>
        [customer_id, zuora_id, rule, task?.id ?? "", task?.name ?? "", path].join(" ")
      }
      empty="Nothing was found. Each sync checks what it stores: credentials, addresses and ids written into tasks, linkages that lead nowhere, schedules that cannot start, executed workflows that cannot do their part."
      columns={[
        { id: "level", header: "Level", width: 110, cell: ({ level }) => <Level level={level} /> },
        {
          id: "what",
          header: "What is wrong",
          isRowHeader: true,
          width: 270,
          cell: (finding) => <What finding={finding} isWhole={isPhone} />,
        },
        {
          id: "customer",
          header: "Customer",
          width: 140,
          cell: ({ customer_id, customer_name }) => <NameLink href={`#/customers/${customer_id}`} name={customer_name} />,
        },
        {
          id: "workflow",
          header: "Workflow",
          width: 140,
          cell: (finding) => (
            <div className="breaks">
              <NameLink href={addressOf(finding, { tab: "findings" })} name={finding.workflow_name ?? finding.zuora_id} />
              {isPhone && <div>{finding.customer_name}</div>}
            </div>
          ),
        },
        { id: "task", header: "Task", width: 130, cell: (finding) => <Task finding={finding} /> },
        { id: "place", header: "Place", width: 160, cell: ({ path }) => <Place path={path} /> },
      ]}
    />
  );
}

/** Leads to the task in the graph. */
function Task({ finding }: { finding: ListedFinding }) {
  const name = ownerInWords(finding);
  const task = finding.task?.id;
  if (!task) return name;
  return (
    <Cut text={name}>
      <Link href={addressOf(finding, { tab: "graph", task })} ariaLabel={`Show ${name} in graph`}>
        {name}
      </Link>
    </Cut>
  );
}

function Actions({ filters }: { filters: readonly Filter[] }) {
  const api = useApi();
  const messages = useMessages();
  const wanted = useFilterValues(filters);
  const [isChecking, setChecking] = useState(false);
  const save = useMutation({
    mutationFn: () => saveFindings(api, wanted),
    onSuccess: ({ count, isCut }) => {
      const findings = count.toLocaleString("en");
      messages.done(
        isCut ? `Only the first ${findings} findings were saved. Filter the list for the others.` : `${findings} findings saved.`,
      );
    },
    onError: (error) => messages.failed("The findings could not be saved", error),
  });
  return (
    <SpaceBetween direction="horizontal" size="xs">
      <Button onClick={() => setChecking(true)}>Check an export</Button>
      <Button iconName="download" loading={save.isPending} onClick={() => save.mutate()}>
        Export CSV
      </Button>
      {isChecking && (
        <Suspense>
          <CheckExport close={() => setChecking(false)} />
        </Suspense>
      )}
    </SpaceBetween>
  );
}
