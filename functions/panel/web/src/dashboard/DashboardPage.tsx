// The dashboard: customers that need a person, counters, and syncs in the last 24 hours.

import ColumnLayout from "@cloudscape-design/components/column-layout";
import Container from "@cloudscape-design/components/container";
import ContentLayout from "@cloudscape-design/components/content-layout";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Spinner from "@cloudscape-design/components/spinner";
import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense } from "react";

import { body } from "../api/client";
import { useApi, useMe } from "../api/context";
import { CALM_MS } from "../api/pace";
import { useStats } from "../api/queries";
import { addressOf, IN_NEED } from "../customers/health";
import { total } from "../jobs/counters";
import { JOB_GROUPS } from "../jobs/state";
import { Count } from "../components/Count";
import { Refused } from "../components/Fallback";
import { useTitle } from "../components/title";
import { FirstSteps } from "./FirstSteps";
import { NeedsYou } from "./NeedsYou";

// Charts are heavy, and what needs a person is there without them.
const LastDay = lazy(() => import("./LastDay"));

export function DashboardPage() {
  useTitle("Dashboard");
  const me = useMe().data;
  const isNew = useStats().data?.customers.total === 0 && me?.actions.includes("create_customer");
  return (
    <ContentLayout header={<Header variant="h1">Dashboard</Header>}>
      <SpaceBetween size="l">
        {isNew ? <FirstSteps /> : <NeedsYou />}
        <Numbers />
        <Container header={<Header variant="h2">Syncs in the last 24 hours</Header>}>
          <Suspense fallback={<Spinner size="large" />}>
            <LastDay />
          </Suspense>
        </Container>
      </SpaceBetween>
    </ContentLayout>
  );
}

function Numbers() {
  const stats = useStats();
  const letters = useDeadLetters();
  const counters = stats.data;
  const jobs = (...states: readonly string[]) => counters && total(counters.jobs, ...states);
  // Rendered before the numbers arrive, so that nothing moves.
  return (
    <Container>
      <SpaceBetween size="s">
        {stats.error && <Refused error={stats.error} title="The counters could not be loaded" retry={stats.refetch} />}
        {letters.error && <Refused error={letters.error} title="The dead letters could not be counted" retry={letters.refetch} />}
        <ColumnLayout columns={4} variant="text-grid" minColumnWidth={150}>
          <Count label="Customers" number={counters?.customers.total} href="#/customers" />
          <Count
            label="Need attention"
            number={counters && total(counters.customers.by_health, ...IN_NEED)}
            tone="bad"
            href={addressOf(IN_NEED)}
          />
          <Count label="Workflows" number={counters?.workflows} href="#/workflows" />
          <Count label="Tasks" number={counters?.tasks} href="#/workflows" />
          <Count
            label="Jobs in progress"
            number={jobs("queued", "waiting", "running")}
            href="#/jobs?state=queued,waiting,running"
          />
          <Count label="Failed jobs" number={jobs("failed")} tone="bad" href={`#/jobs?${JOB_GROUPS.failed.filters}`} />
          <Count
            label="Held deletions"
            number={counters?.awaiting_approval}
            tone="warning"
            href={`#/jobs?${JOB_GROUPS.held.filters}`}
          />
          <Count
            label="Dead letters"
            number={letters.data?.items.length}
            isMore={!!letters.data?.next_cursor}
            tone="bad"
            href="#/dead-letters"
          />
        </ColumnLayout>
      </SpaceBetween>
    </Container>
  );
}

/** Maximum number of dead letters counted. */
const MOST_COUNTED = 50;

function useDeadLetters() {
  const api = useApi();
  return useQuery({
    queryKey: ["newest-dead-letters"],
    queryFn: async () => body(await api.GET("/v1/dead-letters", { params: { query: { limit: MOST_COUNTED } } })),
    refetchInterval: CALM_MS,
  });
}
