// Failed jobs and unreadable messages, with reason, next step and retry.

import Button from "@cloudscape-design/components/button";
import Header from "@cloudscape-design/components/header";
import Link from "@cloudscape-design/components/link";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";

import { body, type DeadLetter, type DeadLetterJob, type DeadLetters } from "../api/client";
import { useApi, useMe } from "../api/context";
import { LIVE_MS } from "../api/pace";
import { useCustomerOptions } from "../api/queries";
import { HelpLink } from "../help/HelpLink";
import { useRetry } from "../jobs/actions";
import { ERROR_CLASSES, JOB_KINDS } from "../jobs/state";
import { CustomerName } from "../components/CustomerName";
import { described, type Filter } from "../components/filter";
import { useFilterValues } from "../components/Filters";
import { ServerTable } from "../components/ServerTable";
import { Age } from "../components/time";
import { useTitle } from "../components/title";
import { Redrive } from "./Redrive";

export function DeadLettersPage() {
  useTitle("Dead letters");
  const api = useApi();
  const filters: readonly Filter[] = [
    { key: "customer_id", label: "Customer", options: useCustomerOptions() },
    { key: "error_class", label: "Error class", options: ERROR_CLASSES },
  ];
  return (
    <ServerTable<DeadLetter, DeadLetters>
      name="dead-letters"
      header={(selected, page) => (
        <Header
          variant="h1"
          description={page && <Summary page={page} />}
          info={<HelpLink section="a-sync-fails" about="a sync fails" />}
          actions={<Actions selected={selected.filter(isJob)} filters={filters} />}
        >
          Dead letters
        </Header>
      )}
      refetchInterval={LIVE_MS}
      isWrapped
      phone={["what", "customer", "since", "why"]}
      isSelectable={(letter) => isJob(letter) && letter.actions.includes("retry")}
      filters={filters}
      load={async (query) => body(await api.GET("/v1/dead-letters", { params: { query } }))}
      trackBy={(letter) => (isJob(letter) ? letter.job_id : letter.message_id)}
      empty="No dead letters."
      columns={[
        {
          id: "what",
          header: "Kind",
          isRowHeader: true,
          cell: (letter) =>
            isJob(letter) ? <Link href={`#/jobs/${letter.job_id}`}>{JOB_KINDS[letter.kind]}</Link> : "Unreadable message",
        },
        {
          id: "customer",
          header: "Customer",
          minWidth: 160,
          cell: (letter) => (isJob(letter) ? <CustomerName id={letter.customer_id} isOneOfMany /> : "-"),
        },
        {
          id: "since",
          header: "Since",
          cell: (letter) => (letter.dead_lettered_at ? <Age at={letter.dead_lettered_at} /> : "-"),
        },
        { id: "class", header: "Error class", cell: (letter) => (isJob(letter) ? (letter.error?.class ?? "-") : "-") },
        {
          id: "why",
          header: "Error",
          minWidth: 260,
          cell: (letter) => (isJob(letter) ? (letter.error?.message ?? "-") : letter.reason),
        },
        {
          id: "next",
          header: "What to do",
          minWidth: 260,
          cell: (letter) =>
            isJob(letter) ? (letter.error?.next_step ?? "-") : `Find out which program sent this message: ${letter.body}`,
        },
        { id: "attempts", header: "Attempts", cell: (letter) => (isJob(letter) ? letter.attempts : "-") },
      ]}
    />
  );
}

function isJob(letter: DeadLetter): letter is DeadLetterJob {
  return "job_id" in letter;
}

/** The number of messages in the queue, and the age of the oldest on the page. */
function Summary({ page: { items, depth } }: { page: DeadLetters }) {
  const oldest = items.flatMap((letter) => letter.dead_lettered_at ?? []).sort()[0];
  return (
    <SpaceBetween direction="horizontal" size="m">
      {typeof depth === "number" && <span>Messages in the queue: {depth}</span>}
      {oldest && (
        <span>
          Oldest on this page: <Age at={oldest} />
        </span>
      )}
    </SpaceBetween>
  );
}

/** Retry buttons, for callers who may redrive. */
function Actions({ selected, filters }: { selected: readonly DeadLetterJob[]; filters: readonly Filter[] }) {
  const me = useMe().data;
  const retry = useRetry();
  const wanted = useFilterValues(filters);
  const matching = described(filters, wanted);
  const [isAsked, setAsked] = useState(false);
  if (!me?.actions.includes("redrive")) return null;
  return (
    <>
      <SpaceBetween direction="horizontal" size="xs">
        <Button
          disabled={selected.length === 0}
          disabledReason="Select jobs first."
          loading={retry.isPending}
          onClick={() => retry.mutate(selected.map((letter) => letter.job_id))}
        >
          {selected.length > 0 ? `Retry ${selected.length} selected` : "Retry selected"}
        </Button>
        <Button onClick={() => setAsked(true)}>{matching ? "Retry all that match" : "Retry all"}</Button>
      </SpaceBetween>
      {isAsked && <Redrive filters={wanted} described={matching} close={() => setAsked(false)} />}
    </>
  );
}
