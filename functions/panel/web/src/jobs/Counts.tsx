// Number and age of waiting, running, failed, held and finished jobs, with links to them.

import Box from "@cloudscape-design/components/box";
import ColumnLayout from "@cloudscape-design/components/column-layout";
import Container from "@cloudscape-design/components/container";
import SpaceBetween from "@cloudscape-design/components/space-between";
import type { ReactNode } from "react";

import { useStats } from "../api/queries";
import { Count } from "../components/Count";
import { Refused } from "../components/Fallback";
import { Age } from "../components/time";
import { oldest, total } from "./counters";
import { JOB_GROUPS, type JobGroup } from "./state";

/** The period in which the API counts finished jobs, by their creation. */
const HISTORY_MS = 86_400_000;

export function Counts() {
  const stats = useStats();
  const counters = stats.data;
  const dayAgo = new Date(stats.dataUpdatedAt - HISTORY_MS).toISOString();
  // Drawn before the numbers are there, so that nothing moves when they come.
  return (
    <Container>
      <SpaceBetween size="s">
        {stats.error && <Refused error={stats.error} title="The counters could not be loaded" retry={stats.refetch} />}
        <ColumnLayout columns={5} variant="text-grid" minColumnWidth={130}>
          {(["waiting", "running", "failed"] as const).map((name) => (
            <Group key={name} name={name} number={counters && total(counters.jobs, ...JOB_GROUPS[name].states)}>
              <Oldest at={counters && oldest(counters, ...JOB_GROUPS[name].states)} />
            </Group>
          ))}
          <Group name="held" number={counters?.awaiting_approval}>
            Awaiting approval
          </Group>
          <Group name="done" number={counters && total(counters.jobs, ...JOB_GROUPS.done.states)} more={`&since=${dayAgo}`}>
            Created in the last 24 hours, {counters ? total(counters.jobs, "incomplete") : "…"} incomplete
          </Group>
        </ColumnLayout>
      </SpaceBetween>
    </Container>
  );
}

interface GroupProperties {
  readonly name: JobGroup;
  readonly number: number | undefined;
  /** Additional filters. */
  readonly more?: string;
  readonly children: ReactNode;
}

function Group({ name, number, more = "", children }: GroupProperties) {
  const { label, filters } = JOB_GROUPS[name];
  return (
    <div>
      <Count label={label} number={number} href={`#/jobs?${filters}${more}`} />
      <Box color="text-body-secondary" fontSize="body-s" padding={{ top: "xxs" }}>
        {children}
      </Box>
    </div>
  );
}

function Oldest({ at }: { at: string | undefined }) {
  if (!at) return <>None</>;
  return (
    <>
      Oldest created <Age at={at} />
    </>
  );
}
