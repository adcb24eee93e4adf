// The findings of one workflow, and what is meant to be so.

import Alert from "@cloudscape-design/components/alert";
import Button from "@cloudscape-design/components/button";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Table, { type TableProps } from "@cloudscape-design/components/table";
import { useState } from "react";

import type { WorkflowFinding, WorkflowFindings } from "../api/client";
import { usePhoneColumns } from "../components/columns";
import { useIsPhone } from "../components/phone";
import { PageTurner } from "../components/PageTurner";
import { useCustomer } from "../customers/useCustomer";
import { HelpLink } from "../help/HelpLink";
import type { Ids } from "../workflows/definition";
import { Level } from "./Level";
import { Place } from "./Place";
import { Suppress } from "./Suppress";
import { TakeBack } from "./TakeBack";
import { What } from "./What";
import { ownerInWords } from "./words";

const ROWS = 50;

interface Properties {
  readonly path: Ids;
  readonly found: WorkflowFindings;
  readonly onShowInGraph: (task: string) => void;
}

export default function Findings({ path, found: { items, complete }, onShowInGraph }: Properties) {
  const [asked, ask] = useState<WorkflowFinding>();
  const [page, turnTo] = useState(1);
  const isPhone = useIsPhone();
  const mayUpdate = useCustomer(path.customer_id).data?.customer.actions.includes("update") ?? false;
  const pages = Math.ceil(items.length / ROWS);
  const close = () => ask(undefined);
  const columns = usePhoneColumns(
    [
      { id: "level", header: "Level", width: 120, verticalAlign: "top", cell: ({ level }) => <Level level={level} /> },
      {
        id: "what",
        header: "What is wrong",
        minWidth: 260,
        isRowHeader: true,
        verticalAlign: "top",
        cell: (finding) => (
          <>
            <What finding={finding} isWhole={isPhone} />
            {isPhone && mayUpdate && <Action finding={finding} ask={ask} />}
          </>
        ),
      },
      {
        id: "task",
        header: "Task",
        minWidth: 140,
        verticalAlign: "top",
        cell: (finding) => <Task finding={finding} onShowInGraph={onShowInGraph} />,
      },
      { id: "place", header: "Place", minWidth: 160, verticalAlign: "top", cell: ({ path: place }) => <Place path={place} /> },
      ...(mayUpdate
        ? [
            {
              id: "actions",
              header: "Actions",
              minWidth: 120,
              verticalAlign: "top" as const,
              cell: (finding: WorkflowFinding) => <Action finding={finding} ask={ask} />,
            },
          ]
        : []),
    ] satisfies TableProps.ColumnDefinition<WorkflowFinding>[],
    ["what"],
  );
  return (
    <SpaceBetween size="s">
      {!complete && (
        <Alert type="info">
          There are more findings than these, ten of each rule, or the definition has too many parts for some of the rules.
        </Alert>
      )}
      <Table
        header={
          <Header
            variant="h2"
            info={<HelpLink section="findings" about="findings" />}
            description="Faults of the definition, the worst first. What looks at other workflows is as of the last sync."
          >
            Findings
          </Header>
        }
        items={items.slice((page - 1) * ROWS, page * ROWS)}
        enableKeyboardNavigation
        wrapLines
        empty="Nothing was found: no credentials in the open, no linkages that lead nowhere, no schedules that cannot start."
        pagination={
          pages > 1 && (
            <PageTurner currentPageIndex={page} pagesCount={pages} onChange={({ detail }) => turnTo(detail.currentPageIndex)} />
          )
        }
        columnDefinitions={columns}
      />
      {asked &&
        (asked.suppressed ? (
          <TakeBack path={path} finding={asked} close={close} />
        ) : (
          <Suppress path={path} finding={asked} close={close} />
        ))}
    </SpaceBetween>
  );
}

function Task({ finding, onShowInGraph }: { finding: WorkflowFinding; onShowInGraph: (task: string) => void }) {
  const id = finding.task?.id;
  const name = ownerInWords(finding);
  if (!id) return name;
  return (
    <Button variant="inline-link" ariaLabel={`Show ${name} in graph`} onClick={() => onShowInGraph(id)}>
      {name}
    </Button>
  );
}

function Action({ finding, ask }: { finding: WorkflowFinding; ask: (finding: WorkflowFinding) => void }) {
  const label = finding.suppressed ? "Take back" : "Suppress";
  return (
    <Button variant="inline-link" ariaLabel={`${label} ${finding.rule}: ${finding.title}`} onClick={() => ask(finding)}>
      {label}
    </Button>
  );
}
