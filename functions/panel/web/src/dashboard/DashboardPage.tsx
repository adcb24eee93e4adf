// How everything is: the numbers, the last day's syncs, and what waits for somebody.

import Alert from "@cloudscape-design/components/alert";
import BarChart from "@cloudscape-design/components/bar-chart";
import Box from "@cloudscape-design/components/box";
import ColumnLayout from "@cloudscape-design/components/column-layout";
import Container from "@cloudscape-design/components/container";
import ContentLayout from "@cloudscape-design/components/content-layout";
import Header from "@cloudscape-design/components/header";
import Link from "@cloudscape-design/components/link";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Table from "@cloudscape-design/components/table";
import { useQuery } from "@tanstack/react-query";

import { body, type Customer, type Job } from "../api/client";
import { useApi } from "../api/context";
import { all } from "../api/pages";
import { useCustomers, useStats } from "../api/queries";
import { LastComplete, LastSync } from "../customers/status";
import { total } from "../jobs/counters";
import { JOB_GROUPS, JOB_STATES } from "../jobs/state";
import { CHART } from "../parts/chart";
import { Count } from "../parts/Count";
import { Loading, Refused } from "../parts/pages";
import { hoursUntil, outcomesOf, type Series } from "./outcomes";
import { isStale } from "./staleness";

const DAY_MS = 86_400_000;
/** How often it is looked at again, in milliseconds. */
const LIVE_MS = 30_000;

const OUTCOME_COLORS: Record<Series["outcome"], string> = {
  succeeded: CHART.good,
  incomplete: CHART.mild,
  held: CHART.warning,
  failed: CHART.bad,
  cancelled: CHART.neutral,
};

export function DashboardPage() {
  return (
    <ContentLayout header={<Header variant="h1">Dashboard</Header>}>
      <SpaceBetween size="l">
        <Numbers />
        <LastDay />
        <Stale />
      </SpaceBetween>
    </ContentLayout>
  );
}

function Numbers() {
  const stats = useStats(LIVE_MS);
  const letters = useDeadLetters();
  const counters = stats.data;
  const jobs = (...states: readonly string[]) => counters && total(counters, ...states);
  // Drawn before the numbers are there, so that nothing moves when they come.
  return (
    <Container>
      {stats.error && <Refused error={stats.error} title="The counters could not be loaded" retry={stats.refetch} />}
      {letters.error && <Refused error={letters.error} title="The dead letters could not be counted" retry={letters.refetch} />}
      <ColumnLayout columns={4} variant="text-grid" minColumnWidth={150}>
        <Count label="Customers" number={counters?.customers.total} href="#/customers" />
        <Count label="Need attention" number={counters?.customers.needs_attention} href="#/customers?status=needs_attention" />
        <Count label="Workflows" number={counters?.workflows} href="#/workflows" />
        <Count label="Tasks" number={counters?.tasks} href="#/workflows" />
        <Count label="Jobs under way" number={jobs("queued", "waiting", "running")} href="#/jobs?state=queued,waiting,running" />
        <Count label="Failed jobs" number={jobs("failed")} href={`#/jobs?${JOB_GROUPS.failed.filters}`} />
        <Count label="Held deletions" number={counters?.awaiting_approval} href={`#/jobs?${JOB_GROUPS.held.filters}`} />
        <Count
          label="Dead letters"
          number={letters.data?.items.length}
          isMore={!!letters.data?.next_cursor}
          href="#/dead-letters"
        />
      </ColumnLayout>
    </Container>
  );
}

/** The newest dead letters: counted as far as one page of them goes. */
function useDeadLetters() {
  const api = useApi();
  return useQuery({
    queryKey: ["newest-dead-letters"],
    queryFn: async () => body(await api.GET("/v1/dead-letters", { params: { query: { limit: 200 } } })),
    refetchInterval: LIVE_MS,
  });
}

function LastDay() {
  const api = useApi();
  const syncs = useQuery({
    queryKey: ["last-day"],
    queryFn: async () => {
      const now = Date.now();
      const since = new Date(now - DAY_MS).toISOString();
      const { items, isCut } = await all<Job>(async (page) =>
        body(await api.GET("/v1/jobs", { params: { query: { ...page, kind: "sync", since } } })),
      );
      return { jobs: items, isCut, now };
    },
    refetchInterval: LIVE_MS,
  });
  const { jobs = [], isCut = false, now = 0 } = syncs.data ?? {};
  return (
    <Container header={<Header variant="h2">Syncs of the last 24 hours</Header>}>
      {syncs.data && syncs.error && <Refused error={syncs.error} title="This may be out of date" retry={syncs.refetch} />}
      {isCut && <Box color="text-status-warning">Only the newest {jobs.length} are drawn.</Box>}
      <BarChart
        ariaLabel="Syncs of the last 24 hours, by hour and outcome"
        height={220}
        stackedBars
        hideFilter
        xTitle="Hour"
        yTitle="Syncs"
        xScaleType="categorical"
        statusType={syncs.data ? "finished" : syncs.isError ? "error" : "loading"}
        onRecoveryClick={() => void syncs.refetch()}
        empty="No sync ended in the last 24 hours."
        series={outcomesOf(jobs, now)
          .filter(({ counts }) => counts.some((count) => count > 0))
          .map(({ outcome, counts }) => ({
            type: "bar" as const,
            title: JOB_STATES[outcome][1],
            color: OUTCOME_COLORS[outcome],
            data: hoursUntil(now).map((hour, index) => ({ x: hourOf(hour), y: counts[index] ?? 0 })),
          }))}
      />
    </Container>
  );
}

function hourOf(hour: Date): string {
  return hour.toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });
}

function Stale() {
  const customers = useCustomers({ refetchInterval: LIVE_MS });
  return (
    <Loading of={customers}>
      {({ items, isCut }) => (
        <SpaceBetween size="s">
          {isCut && <Alert type="info">Only the first {items.length} customers were looked at.</Alert>}
          <StaleTable customers={items.filter((customer) => isStale(customer, customers.dataUpdatedAt))} />
        </SpaceBetween>
      )}
    </Loading>
  );
}

function StaleTable({ customers }: { customers: readonly Customer[] }) {
  return (
    <Table
      header={
        <Header
          variant="h2"
          counter={`(${customers.length})`}
          description="Customers without a complete sync for more than two of their intervals."
        >
          Copies that may be out of date
        </Header>
      }
      items={customers}
      trackBy="id"
      empty="Every copy is as new as it should be."
      columnDefinitions={[
        {
          id: "name",
          header: "Customer",
          isRowHeader: true,
          cell: (one) => <Link href={`#/customers/${one.id}`}>{one.name}</Link>,
        },
        { id: "complete", header: "Last complete sync", cell: (one) => <LastComplete at={one.last_complete_sync_at} /> },
        { id: "last_sync", header: "Last sync", cell: (one) => <LastSync of={one.last_sync} /> },
      ]}
    />
  );
}
