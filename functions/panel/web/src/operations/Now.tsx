// The state of jobs, schedule and dead-letter queue, as far as the API tells it to the caller.

import Box from "@cloudscape-design/components/box";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import Link from "@cloudscape-design/components/link";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";

import { body, type Counters } from "../api/client";
import { useApi } from "../api/context";
import { CALM_MS } from "../api/pace";
import { useStats } from "../api/queries";
import { Loading } from "../components/Fallback";
import { Age } from "../components/time";
import { isJob } from "../failed/groups";
import { useDeadLetters } from "../failed/useDeadLetters";
import { lastHour, lastScheduled, messagesOf } from "./numbers";

export function Now() {
  const stats = useStats(CALM_MS);
  return (
    <Container header={<Header variant="h2">Now</Header>}>
      <Loading of={stats}>
        {(counters) => (
          <KeyValuePairs
            columns={4}
            minColumnWidth={150}
            items={[
              { label: "Queued", value: <Jobs of={counters} state="queued" /> },
              { label: "Waiting for Zuora", value: <Jobs of={counters} state="waiting" /> },
              { label: "Running", value: <Jobs of={counters} state="running" /> },
              { label: "Failed", value: <Jobs of={counters} state="failed" href="#/failed" /> },
              { label: "Syncs that ended", value: <LastHour of={counters} /> },
              { label: "Last scheduled sync", value: <LastScheduled /> },
              { label: "Dead-letter queue", value: <DeadLetterQueue /> },
              {
                label: "Sweeper",
                value: (
                  <Hint>
                    The API does not tell its runs. If the number of settled messages does not fall for ten minutes, it does not
                    run.
                  </Hint>
                ),
              },
            ]}
          />
        )}
      </Loading>
    </Container>
  );
}

function Hint({ children }: { children: ReactNode }) {
  return <Box color="text-body-secondary">{children}</Box>;
}

/** The number, and the age of the oldest. */
function Jobs({ of, state, href = `#/jobs?state=${state}` }: { of: Counters; state: string; href?: string }) {
  const oldest = of.oldest_jobs[state];
  return (
    <>
      <Link href={href}>{(of.jobs[state] ?? 0).toLocaleString("en")}</Link>
      {oldest && (
        <Hint>
          Oldest <Age at={oldest} />
        </Hint>
      )}
    </>
  );
}

function LastHour({ of }: { of: Counters }) {
  const last = lastHour(of.jobs_by_hour);
  if (!last) return "No sync ended in the last 24 hours";
  return (
    <>
      {last.text}
      <Hint>
        In the newest hour with any, which began <Age at={last.hour} />
      </Hint>
    </>
  );
}

function LastScheduled() {
  const api = useApi();
  const newest = useQuery({
    queryKey: ["newest-syncs"],
    queryFn: async () => body(await api.GET("/v1/jobs", { params: { query: { kind: "sync", limit: 200 } } })).items,
    refetchInterval: CALM_MS,
  });
  if (!newest.data) return newest.isError ? "Could not be read" : "…";
  const at = lastScheduled(newest.data);
  return at ? (
    <>
      Queued <Age at={at} />
    </>
  ) : (
    <Hint>None among the newest {newest.data.length} syncs</Hint>
  );
}

function DeadLetterQueue() {
  const letters = useDeadLetters();
  if (!letters.data) return letters.isError ? "Could not be read" : "…";
  const { depth, items, isCut } = letters.data;
  // Only who may view all customers is told.
  if (depth == null) return "-";
  const jobs = items.filter(isJob).length;
  return (
    <SpaceBetween size="xxs">
      <span>About {depth.toLocaleString("en")} messages</span>
      {!isCut && (
        <Hint>
          {messagesOf(depth, jobs, items.length - jobs)}. The sweeper removes those of settled failures every five minutes.
        </Hint>
      )}
    </SpaceBetween>
  );
}
