// Jobs that failed for good and that nothing has settled, and unreadable messages, grouped by cause.

import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Container from "@cloudscape-design/components/container";
import ContentLayout from "@cloudscape-design/components/content-layout";
import Header from "@cloudscape-design/components/header";
import Link from "@cloudscape-design/components/link";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";

import type { UnreadableMessage } from "../api/client";
import { useCustomerOptions } from "../api/queries";
import { Loading } from "../components/Fallback";
import { described, type Filter } from "../components/filter";
import { Filters, useFilterValues } from "../components/Filters";
import { useTitle } from "../components/title";
import { HelpLink } from "../help/HelpLink";
import { CAUSE_FILTER } from "../jobs/causes";
import { DeleteMessage } from "./DeleteMessage";
import { FailedList } from "./FailedList";
import { groupsOf, isJob, type Group } from "./groups";
import { Progress } from "./Progress";
import { RetryAll } from "./RetryAll";
import { useDeadLetters } from "./useDeadLetters";
import { useDismiss, useRetried, useRetryOne } from "./actions";

export function FailedPage() {
  useTitle("Failed Jobs");
  const filters: readonly Filter[] = [{ key: "customer_id", label: "Customer", options: useCustomerOptions() }, CAUSE_FILTER];
  const wanted = useFilterValues(filters);
  const letters = useDeadLetters(wanted);
  const retried = useRetried();
  const retry = useRetryOne(retried.add);
  const dismiss = useDismiss();
  const [group, setGroup] = useState<Group>();
  const [message, setMessage] = useState<UnreadableMessage>();
  const { items = [], isCut = false } = letters.data ?? {};
  return (
    <ContentLayout
      header={
        <Header
          variant="h1"
          counter={letters.data && `(${items.filter(isJob).length.toLocaleString("en")}${isCut ? "+" : ""})`}
          description={
            <>
              Jobs that failed for good, until they are retried or dismissed, or a later sync of the customer ends.{" "}
              <Link href="#/jobs?state=failed">All jobs that ever failed</Link>
            </>
          }
          info={<HelpLink section="a-sync-fails" about="a sync fails" />}
        >
          Failed Jobs
        </Header>
      }
    >
      <SpaceBetween size="m">
        {retried.all && <Progress key={retried.all.id} of={retried.all} close={retried.close} />}
        {isCut && (
          <Alert type="info">Only the newest {items.length.toLocaleString("en")} are shown. Retry all includes the others.</Alert>
        )}
        <Filters filters={filters} />
        <Container>
          <Loading of={letters}>
            {() =>
              items.length === 0 ? (
                <Box textAlign="center">{described(filters, wanted) ? "Nothing matches these filters." : "No failed jobs."}</Box>
              ) : (
                <FailedList
                  groups={groupsOf(items)}
                  isBusy={(id) => (retry.isPending && retry.variables === id) || (dismiss.isPending && dismiss.variables === id)}
                  retry={retry.mutate}
                  retryAll={setGroup}
                  dismiss={dismiss.mutate}
                  remove={setMessage}
                />
              )
            }
          </Loading>
        </Container>
      </SpaceBetween>
      {group && (
        <RetryAll
          group={group}
          filters={wanted}
          described={described(filters, wanted)}
          isCut={isCut}
          onDone={retried.add}
          close={() => setGroup(undefined)}
        />
      )}
      {message && <DeleteMessage id={message.message_id} close={() => setMessage(undefined)} />}
    </ContentLayout>
  );
}
