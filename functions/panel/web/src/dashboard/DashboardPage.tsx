// The dashboard: customers that need a person, counters, and syncs in the last 24 hours.

import ColumnLayout from "@cloudscape-design/components/column-layout";
import Container from "@cloudscape-design/components/container";
import ContentLayout from "@cloudscape-design/components/content-layout";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Spinner from "@cloudscape-design/components/spinner";
import { lazy, Suspense } from "react";

import { useMe } from "../api/context";
import { useStats } from "../api/queries";
import { NEEDY } from "../customers/health";
import { total } from "../jobs/counters";
import { JOB_GROUPS } from "../jobs/state";
import { Count } from "../components/Count";
import { Refused } from "../components/Fallback";
import { useTitle } from "../components/title";
import { FirstSteps } from "./FirstSteps";
import { NeedsYou } from "./NeedsYou";

// Charts are heavy, and what needs a person is there without them.
const LastDay = lazy(async () => ({ default: (await import("./LastDay")).LastDay }));

export function DashboardPage() {
  useTitle("Dashboard");
  const me = useMe().data;
  const isNew = useStats().data?.customers.total === 0 && me?.actions.includes("create_customer");
  return (
    <ContentLayout header={<Header variant="h1">Dashboard</Header>}>
      <SpaceBetween size="l">
        {isNew ? <FirstSteps /> : <NeedsYou />}
        <Numbers />
        <Suspense fallback={<Spinner size="large" />}>
          <LastDay />
        </Suspense>
      </SpaceBetween>
    </ContentLayout>
  );
}

function Numbers() {
  const stats = useStats();
  const counters = stats.data;
  const jobs = (...states: readonly string[]) => counters && total(counters.jobs, ...states);
  // Rendered before the numbers arrive, so that nothing moves.
  return (
    <Container>
      <SpaceBetween size="s">
        {stats.error && <Refused error={stats.error} title="The counters could not be loaded" retry={stats.refetch} />}
        <ColumnLayout columns={4} variant="text-grid" minColumnWidth={150}>
          <Count label="Customers" number={counters?.customers.total} href="#/customers" />
          <Count label="Need attention" number={counters?.customers.need_person} tone="bad" href={NEEDY} />
          <Count label="Workflows" number={counters?.workflows} href="#/workflows" />
          <Count label="Tasks" number={counters?.tasks} href="#/workflows" />
          <Count
            label="Jobs in progress"
            number={jobs("queued", "waiting", "running")}
            href="#/jobs?state=queued,waiting,running"
          />
          <Count label="Failed jobs" number={jobs("failed")} tone="bad" href="#/failed" />
          <Count
            label="Held deletions"
            number={counters?.awaiting_approval}
            tone="warning"
            href={`#/jobs?${JOB_GROUPS.held.filters}`}
          />
        </ColumnLayout>
      </SpaceBetween>
    </Container>
  );
}
