// Chart of the changes made by the last syncs of a customer.

import BarChart from "@cloudscape-design/components/bar-chart";
import Box from "@cloudscape-design/components/box";
import { useQuery } from "@tanstack/react-query";

import { body, type Customer, type Job } from "../api/client";
import { useApi } from "../api/context";
import { CHART, wholeNumber } from "../components/chart";
import { Loading } from "../components/Fallback";
import { drawn } from "./firstSync";

const SYNCS = 20;
const SHOWN = { created: CHART.good, updated: CHART.info, deleted: CHART.warning, errors: CHART.bad } as const;

export function Trend({ customer }: { customer: Customer }) {
  const api = useApi();
  const jobs = useQuery({
    // Read again when another sync has finished.
    queryKey: ["trend", customer.id, customer.last_sync?.job_id],
    queryFn: async () => {
      const query = { customer_id: customer.id, kind: "sync", limit: SYNCS } as const;
      const { items } = body(await api.GET("/v1/jobs", { params: { query } }));
      return items.filter(({ finished_at }) => finished_at).reverse();
    },
  });
  return <Loading of={jobs}>{(ended) => <Chart ended={ended} />}</Loading>;
}

function Chart({ ended }: { ended: readonly Job[] }) {
  const { shown: jobs, leftOut } = drawn(ended);
  const at = (job: Job) =>
    new Date(job.finished_at ?? 0).toLocaleString("en-GB", {
      day: "numeric",
      month: "short",
      hour: "2-digit",
      minute: "2-digit",
      second: "2-digit",
    });
  return (
    <>
      <BarChart
        ariaLabel={`Changes made by the last ${jobs.length} syncs`}
        height={160}
        stackedBars
        hideFilter
        xScaleType="categorical"
        yTitle="Workflows"
        i18nStrings={{ yTickFormatter: wholeNumber }}
        empty="No other sync has finished yet."
        series={(Object.keys(SHOWN) as (keyof typeof SHOWN)[]).map((name) => ({
          type: "bar" as const,
          title: name.charAt(0).toUpperCase() + name.slice(1),
          color: SHOWN[name],
          data: jobs.map((job) => ({ x: at(job), y: job.stats[name] })),
        }))}
      />
      {leftOut && <Box variant="small">{leftOut}</Box>}
    </>
  );
}
