// The workflows of two customers with their matches, and how far each two are from each other.

import Badge from "@cloudscape-design/components/badge";
import Button from "@cloudscape-design/components/button";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";

import { body, type Drift, type DriftRow, type DriftSide } from "../api/client";
import { useApi } from "../api/context";
import { Classes } from "../changes/Classes";
import { useCustomerName } from "../components/customerName";
import { NameLink } from "../components/NameLink";
import { ServerTable } from "../components/ServerTable";
import { Age } from "../components/time";
import { Candidates } from "./Candidates";
import { RulesDialog } from "./RulesDialog";
import { inWords, isDifference, pageOf, STATES } from "./states";
import { useRules, type Rules } from "./useRules";
import { useIsAll, Which } from "./Which";

export function DriftTable({ leftId, rightId }: { leftId: string; rightId: string }) {
  const api = useApi();
  const isAll = useIsAll();
  const rules = useRules(leftId, rightId);
  const [opened, setOpened] = useState<Rules>();
  const names = [useCustomerName(leftId) ?? "Left", useCustomerName(rightId) ?? "Right"] as const;
  return (
    <>
      <ServerTable<DriftRow, Drift>
        name="drift"
        of={`${leftId} ${rightId} ${isAll}`}
        variant="container"
        isWrapped
        header={(_, page) => (
          <Header
            variant="h2"
            description={page && <InShort page={page} />}
            actions={rules && <Button onClick={() => setOpened(rules)}>What differs on purpose</Button>}
          >
            Workflows
          </Header>
        )}
        phone={["workflow", "state"]}
        filterBar={<Which />}
        load={async (query) => {
          const params = { path: { customer_id: leftId }, query: { ...query, against: rightId } };
          const page = body(await api.GET("/v1/customers/{customer_id}/drift", { params }));
          return isAll ? page : { ...page, items: page.items.filter(isDifference) };
        }}
        trackBy={({ left, right }) => `${left?.zuora_id ?? ""} ${right?.zuora_id ?? ""}`}
        empty={isAll ? "Neither of the two has workflows." : "Nothing differs."}
        columns={[
          {
            id: "workflow",
            header: "Workflow",
            isRowHeader: true,
            width: 220,
            verticalAlign: "top",
            cell: (row) => <NameLink href={pageOf(row, leftId, rightId)} name={nameOf(row)} />,
          },
          {
            id: "state",
            header: "State",
            width: 200,
            verticalAlign: "top",
            cell: (row) => (
              <SpaceBetween size="xs">
                <Badge color={STATES[row.state].color}>{inWords(row)}</Badge>
                {row.state === "ambiguous" && <Candidates row={row} rightId={rightId} rules={rules} />}
              </SpaceBetween>
            ),
          },
          { id: "about", header: "About", width: 170, verticalAlign: "top", cell: ({ classes }) => <Classes of={classes} /> },
          {
            id: "left",
            header: names[0],
            width: 150,
            verticalAlign: "top",
            cell: ({ left }) => <Side customerId={leftId} side={left} />,
          },
          {
            id: "right",
            header: names[1],
            width: 150,
            verticalAlign: "top",
            cell: ({ right }) => <Side customerId={rightId} side={right} />,
          },
        ]}
      />
      {opened && <RulesDialog opened={opened} close={() => setOpened(undefined)} />}
    </>
  );
}

/** One name, or both if they are others. */
function nameOf({ left, right }: DriftRow): string {
  const names = new Set([left, right].flatMap((side) => (side ? [side.name ?? "(no name)"] : [])));
  return [...names].join(" / ");
}

function Side({ customerId, side }: { customerId: string; side: DriftSide | null | undefined }) {
  if (!side) return "-";
  const name = side.version ? `Version ${side.version}` : `ID ${side.zuora_id}`;
  return <NameLink href={`#/customers/${customerId}/workflows/${side.zuora_id}`} name={name} />;
}

/** How old both copies are, and what the page is a part of. */
function InShort({ page }: { page: Drift }) {
  const synced = (at: string | null | undefined) => (at ? <Age at={at} /> : "never");
  return (
    <>
      Left synced: {synced(page.left_synced_at)}. Right synced: {synced(page.right_synced_at)}.{" "}
      {page.ruled && "What differs on purpose is left out. "}
      {page.complete ? "All workflows are compared." : "More workflows are compared on the next pages."}
    </>
  );
}
