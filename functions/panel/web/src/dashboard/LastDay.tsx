// The syncs of the last 24 hours by hour and outcome; a bar leads to its jobs.

import BarChart from "@cloudscape-design/components/bar-chart";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import Link from "@cloudscape-design/components/link";

import { useStats } from "../api/queries";
import { JOB_STATES } from "../jobs/state";
import { CHART, wholeNumber } from "../components/chart";
import { Refused } from "../components/Fallback";
import { jobsOf, seriesOf, type Outcome } from "./outcomes";

const OUTCOME_COLORS: Record<Outcome, string> = {
  succeeded: CHART.good,
  incomplete: CHART.mild,
  held: CHART.warning,
  failed: CHART.bad,
  cancelled: CHART.neutral,
};

export function LastDay() {
  const stats = useStats();
  const hours = stats.data?.jobs_by_hour ?? [];
  const shown = seriesOf(hours);
  return (
    <Container
      header={
        <Header variant="h2" description="Choose a bar to see its jobs.">
          Syncs in the last 24 hours
        </Header>
      }
    >
      {stats.data && stats.error && (
        <Refused error={stats.error} title="These numbers may be out of date" retry={stats.refetch} />
      )}
      <BarChart
        ariaLabel="Syncs in the last 24 hours, by hour and outcome"
        height={220}
        stackedBars
        hideFilter
        xTitle="Hour"
        yTitle="Syncs"
        i18nStrings={{ yTickFormatter: wholeNumber }}
        xScaleType="categorical"
        statusType={stats.data ? "finished" : stats.isError ? "error" : "loading"}
        onRecoveryClick={() => void stats.refetch()}
        empty="No sync finished in the last 24 hours."
        series={shown.map(({ outcome, counts }) => ({
          type: "bar" as const,
          title: JOB_STATES[outcome][1],
          color: OUTCOME_COLORS[outcome],
          data: hours.map(({ hour }, index) => ({ x: hourOf(hour), y: counts[index] ?? 0 })),
        }))}
        detailPopoverSeriesContent={({ series, x, y }) => {
          const hour = hours.find((one) => hourOf(one.hour) === x)?.hour;
          const outcome = shown.find((one) => JOB_STATES[one.outcome][1] === series.title)?.outcome;
          const text = series.title;
          return { key: hour && outcome && y > 0 ? <Link href={jobsOf(hour, outcome)}>{text}</Link> : text, value: y };
        }}
      />
    </Container>
  );
}

function hourOf(hour: string): string {
  return new Date(hour).toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });
}
