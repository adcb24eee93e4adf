// Jobs that gave up, and messages that nobody can read: why, and how they are sent on.

import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Header from "@cloudscape-design/components/header";
import Link from "@cloudscape-design/components/link";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Table from "@cloudscape-design/components/table";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { body, type DeadLetter, type DeadLetterJob, type Me } from "../api/client";
import { may, useApi, useMe } from "../api/context";
import { useDeadLetters } from "../api/queries";
import { useRetry } from "../jobs/actions";
import { Confirm } from "../parts/Confirm";
import { CustomerName } from "../parts/CustomerName";
import { Loading } from "../parts/pages";
import { Age } from "../parts/time";

/** How often the list is looked at again, in milliseconds. */
const LIVE_MS = 10_000;

export function DeadLettersPage() {
  const found = useDeadLetters(LIVE_MS);
  return <Loading of={found}>{({ items, depth }) => <Letters letters={items} depth={depth ?? undefined} />}</Loading>;
}

function isJob(letter: DeadLetter): letter is DeadLetterJob {
  return "job_id" in letter;
}

const idOf = (letter: DeadLetter) => (isJob(letter) ? letter.job_id : letter.message_id);

function mayRedrive(me: Me | undefined, letter: DeadLetter): boolean {
  return isJob(letter) && may(me, "sync", letter.customer_id);
}

function Letters({ letters, depth }: { letters: readonly DeadLetter[]; depth: number | undefined }) {
  const me = useMe().data;
  const [selectedIds, setSelected] = useState<readonly string[]>([]);
  const [isAsked, setAsked] = useState(false);
  const selected = letters.filter((letter) => selectedIds.includes(idOf(letter)));
  const jobs = selected.filter(isJob).filter((letter) => mayRedrive(me, letter));
  const retry = useRetry(() => setSelected([]));
  const oldest = letters
    .map((letter) => letter.dead_lettered_at ?? "")
    .filter(Boolean)
    .sort()[0];
  return (
    <>
      <Table
        variant="full-page"
        stickyHeader
        enableKeyboardNavigation
        trackBy={idOf}
        items={letters}
        selectionType="multi"
        selectedItems={selected}
        isItemDisabled={(letter) => !mayRedrive(me, letter)}
        onSelectionChange={({ detail }) => setSelected(detail.selectedItems.map(idOf))}
        ariaLabels={{
          selectionGroupLabel: "Selection",
          allItemsSelectionLabel: () => "Select all dead letters",
          itemSelectionLabel: (_, letter) => `Select ${idOf(letter)}`,
        }}
        header={
          <Header
            variant="h1"
            counter={`(${letters.length})`}
            description={
              <SpaceBetween direction="horizontal" size="m">
                {depth !== undefined && <span>Messages in the queue: {depth}</span>}
                {oldest && (
                  <span>
                    Oldest: <Age at={oldest} />
                  </span>
                )}
              </SpaceBetween>
            }
            actions={
              <SpaceBetween direction="horizontal" size="xs">
                <Button
                  disabled={jobs.length === 0}
                  disabledReason="Select jobs first."
                  loading={retry.isPending}
                  onClick={() => retry.mutate(jobs.map((letter) => letter.job_id))}
                >
                  {jobs.length > 0 ? `Redrive ${jobs.length} selected` : "Redrive selected"}
                </Button>
                <Button disabled={letters.every((letter) => !mayRedrive(me, letter))} onClick={() => setAsked(true)}>
                  Redrive all
                </Button>
              </SpaceBetween>
            }
          >
            Dead letters
          </Header>
        }
        empty={<Box padding="l">No message is dead: nothing gave up.</Box>}
        columnDefinitions={[
          {
            id: "what",
            header: "What",
            isRowHeader: true,
            cell: (letter) =>
              isJob(letter) ? <Link href={`#/jobs/${letter.job_id}`}>{letter.kind}</Link> : "Unreadable message",
          },
          {
            id: "customer",
            header: "Customer",
            cell: (letter) => (isJob(letter) ? <CustomerName id={letter.customer_id} /> : "-"),
          },
          {
            id: "since",
            header: "Since",
            cell: (letter) => (letter.dead_lettered_at ? <Age at={letter.dead_lettered_at} /> : "-"),
          },
          { id: "class", header: "Error class", cell: (letter) => (isJob(letter) ? (letter.error?.class ?? "-") : "-") },
          { id: "why", header: "Why", cell: (letter) => (isJob(letter) ? (letter.error?.message ?? "-") : letter.reason) },
          {
            id: "next",
            header: "What to do",
            cell: (letter) => (isJob(letter) ? (letter.error?.next_step ?? "-") : "Look at its text in the dead-letter queue."),
          },
          { id: "attempts", header: "Attempts", cell: (letter) => (isJob(letter) ? letter.attempts : "-") },
        ]}
      />
      {isAsked && <RedriveAll count={letters.filter((letter) => mayRedrive(me, letter)).length} close={() => setAsked(false)} />}
    </>
  );
}

/** One call redrives a bounded number; what remains is said, and can be redriven by another. */
function RedriveAll({ count, close }: { count: number; close: () => void }) {
  const api = useApi();
  const queries = useQueryClient();
  const redrive = useMutation({
    mutationFn: async () => body(await api.POST("/v1/dead-letters/redrive", { body: {} })),
    onSettled: () => queries.invalidateQueries(),
  });
  const result = redrive.data;
  return (
    <Confirm
      title={`Redrive ${count} dead letters?`}
      action={result ? "Redrive the rest" : "Redrive all"}
      isBusy={redrive.isPending}
      isAllowed={!result || result.remaining > 0}
      error={redrive.error}
      onConfirm={() => redrive.mutate()}
      onClose={close}
    >
      {result ? (
        <Alert type={result.remaining > 0 ? "info" : "success"}>
          {result.redriven} redriven, {result.superseded} superseded by a newer job, {result.skipped} skipped, {result.remaining}{" "}
          remain.
        </Alert>
      ) : (
        "Each job is queued again. Those that fail again come back here. Put right first what made them fail."
      )}
    </Confirm>
  );
}
