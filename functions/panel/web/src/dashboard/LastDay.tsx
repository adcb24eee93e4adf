// Syncs in the last 24 hours, by hour and outcome.

import BarChart from "@cloudscape-design/components/bar-chart";

import { useStats } from "../api/queries";
import { CHART, wholeNumber } from "../components/chart";
import { Refused } from "../components/Fallback";
import { JOB_STATES } from "../jobs/state";
import { seriesOf, type Outcome } from "./outcomes";

const OUTCOME_COLORS: Record<Outcome, string> = {
  succeeded: CHART.good,
  incomplete: CHART.mild,
  held: CHART.warning,
  failed: CHART.bad,
  cancelled: CHART.neutral,
};

export default function LastDay() {
  const stats = useStats();
  const hours = stats.data?.jobs_by_hour ?? [];
  return (
    <>
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
        series={seriesOf(hours).map(({ outcome, counts }) => ({
          type: "bar" as const,
          title: JOB_STATES[outcome][1],
          color: OUTCOME_COLORS[outcome],
          data: hours.map(({ hour }, index) => ({ x: hourOf(new Date(hour)), y: counts[index] ?? 0 })),
        }))}
      />
    </>
  );
}

function hourOf(hour: Date): string {
  return hour.toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });
}
