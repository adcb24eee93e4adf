// The customers that need a person, grouped by cause, worst first: what is wrong, since when, and where to start.

import Button from "@cloudscape-design/components/button";
import Header from "@cloudscape-design/components/header";
import Link from "@cloudscape-design/components/link";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Table from "@cloudscape-design/components/table";

import type { AttentionGroup } from "../api/client";
import { useAttention } from "../api/queries";
import { addressOf } from "../customers/health";
import { Health } from "../customers/status";
import { Loading } from "../components/Fallback";
import { NameLink } from "../components/NameLink";
import { Age } from "../components/time";
import { firstStep, namedOf, titleOf } from "./needs";

export function NeedsYou() {
  const attention = useAttention();
  return <Loading of={attention}>{(groups) => <Groups groups={groups} />}</Loading>;
}

function Groups({ groups }: { groups: readonly AttentionGroup[] }) {
  return (
    <Table
      header={<Header variant="h2">Needs you</Header>}
      items={groups}
      trackBy={({ health, cause }) => `${health} ${cause}`}
      wrapLines
      empty="Nothing needs you. All copies are up to date."
      columnDefinitions={[
        {
          id: "what",
          header: "Problem",
          isRowHeader: true,
          minWidth: 180,
          cell: (group) => (
            <>
              <Health state={group.health} />
              <div>{titleOf(group)}</div>
            </>
          ),
        },
        { id: "since", header: "Since", minWidth: 100, cell: ({ since }) => (since ? <Age at={since} /> : "-") },
        { id: "customers", header: "Customers", minWidth: 220, maxWidth: 320, cell: (group) => <Customers of={group} /> },
        { id: "remedy", header: "What to do", minWidth: 240, cell: ({ remedy }) => remedy },
        { id: "actions", header: "Action", minWidth: 160, cell: (group) => <FirstStep of={group} /> },
      ]}
    />
  );
}

function Customers({ of }: { of: AttentionGroup }) {
  const { named, others } = namedOf(of);
  return (
    <SpaceBetween size="xxs">
      {named.map(({ id, name }) => (
        <NameLink key={id} href={`#/customers/${id}`} name={name} />
      ))}
      {others > 0 && <Link href={addressOf([of.health])}>and {others.toLocaleString("en")} more</Link>}
    </SpaceBetween>
  );
}

function FirstStep({ of }: { of: AttentionGroup }) {
  const step = firstStep(of);
  if (!step) return <>-</>;
  return (
    <Button href={step.href} wrapText={false} ariaLabel={`${step.text}: ${of.cause}`}>
      {step.text}
    </Button>
  );
}
