// The workflows of one customer against those of several others: how far each is from it.

import Alert from "@cloudscape-design/components/alert";
import Badge from "@cloudscape-design/components/badge";
import Header from "@cloudscape-design/components/header";
import Link from "@cloudscape-design/components/link";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Table from "@cloudscape-design/components/table";
import { useQueries, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { body, type Api, type DriftRow } from "../api/client";
import { collect } from "../api/collect";
import { useApi } from "../api/context";
import { customerName } from "../components/customerName";
import { Refused } from "../components/Fallback";
import { PageTurner } from "../components/PageTurner";
import { hasDifference, matrix, type MatrixRow } from "./matrix";
import { inWords, pageOf, STATES } from "./states";
import { useIsAll, Which } from "./Which";

/** Pages of 200 workflows that are compared with each customer. */
const MOST_PAGES = 5;
const ROWS = 50;

export function DriftMatrix({ leftId, rightIds }: { leftId: string; rightIds: readonly string[] }) {
  const api = useApi();
  const queries = useQueryClient();
  const isAll = useIsAll();
  const [wanted, turnTo] = useState(1);
  const names = useQueries({ queries: rightIds.map((id) => customerName(api, queries, id)) });
  const drifts = useQueries({ queries: rightIds.map((id) => driftOptions(api, leftId, id)) });
  const failed = drifts.find(({ error }) => error);
  const isLoading = drifts.some(({ data, error }) => !data && !error);
  const all = isLoading ? [] : matrix(drifts.map(({ data }) => data?.items ?? []));
  const rows = isAll ? all : all.filter(hasDifference);
  const pages = Math.max(1, Math.ceil(rows.length / ROWS));
  const page = Math.min(wanted, pages);
  return (
    <SpaceBetween size="s">
      {failed?.error && (
        <Refused error={failed.error} title="Not all customers could be compared" retry={() => void failed.refetch()} />
      )}
      {drifts.some(({ data }) => data?.isCut) && (
        <Alert type="info">The first 1,000 workflows are compared. Compare with one customer to see all.</Alert>
      )}
      <Table<MatrixRow>
        header={<Header variant="h2">Workflows</Header>}
        filter={<Which />}
        items={rows.slice((page - 1) * ROWS, page * ROWS)}
        trackBy="id"
        loading={isLoading}
        loadingText="Comparing"
        enableKeyboardNavigation
        stickyColumns={{ first: 1 }}
        empty={isAll ? "None of them has workflows." : "Nothing differs."}
        pagination={
          pages > 1 && (
            <PageTurner currentPageIndex={page} pagesCount={pages} onChange={({ detail }) => turnTo(detail.currentPageIndex)} />
          )
        }
        columnDefinitions={[
          { id: "workflow", header: "Workflow", isRowHeader: true, minWidth: 220, cell: ({ name }) => name },
          ...rightIds.map((rightId, at) => ({
            id: rightId,
            header: names[at]?.data ?? rightId,
            minWidth: 170,
            cell: ({ cells, name }: MatrixRow) => <Cell row={cells[at]} name={name} leftId={leftId} rightId={rightId} />,
          })),
        ]}
      />
    </SpaceBetween>
  );
}

interface CellProperties {
  readonly row: DriftRow | undefined;
  readonly name: string;
  readonly leftId: string;
  readonly rightId: string;
}

/** The state; of an ambiguous one, the page on which a person says which two belong together. */
function Cell({ row, name, leftId, rightId }: CellProperties) {
  if (!row) return "-";
  const href = row.state === "ambiguous" ? `#/compare?left=${leftId}&right=${rightId}` : pageOf(row, leftId, rightId);
  return (
    <Link href={href} ariaLabel={`${name}: ${inWords(row)}`}>
      <Badge color={STATES[row.state].color}>{inWords(row)}</Badge>
    </Link>
  );
}

function driftOptions(api: Api, leftId: string, rightId: string) {
  return {
    queryKey: ["drift", leftId, rightId],
    queryFn: () =>
      collect<DriftRow>(async (page) => {
        const params = { path: { customer_id: leftId }, query: { ...page, against: rightId } };
        return body(await api.GET("/v1/customers/{customer_id}/drift", { params }));
      }, MOST_PAGES),
  };
}
