// The customers that need a person, grouped by cause, worst first: what is wrong, since when, and where to start. A list and no
// table, because it is read on phones, too.

import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import Link from "@cloudscape-design/components/link";
import List from "@cloudscape-design/components/list";
import Popover from "@cloudscape-design/components/popover";
import SpaceBetween from "@cloudscape-design/components/space-between";

import type { AttentionGroup } from "../api/client";
import { useAttention } from "../api/queries";
import { addressOf } from "../customers/health";
import { Health } from "../customers/status";
import { Loading } from "../components/Fallback";
import { NameLink } from "../components/NameLink";
import { Age } from "../components/time";
import { firstStep, namedOf, titleOf } from "./needs";

export function NeedsYou() {
  const attention = useAttention();
  return <Loading of={attention}>{(groups) => <Groups groups={groups} />}</Loading>;
}

function Groups({ groups }: { groups: readonly AttentionGroup[] }) {
  return (
    <Container header={<Header variant="h2">Needs you</Header>}>
      {groups.length === 0 ? (
        "Nothing needs you. All copies are up to date."
      ) : (
        <List
          ariaLabel="Needs you"
          disablePaddings
          items={groups}
          renderItem={(group) => ({
            id: `${group.health} ${group.cause}`,
            content: (
              <SpaceBetween direction="horizontal" size="xs" alignItems="center">
                <Health state={group.health} />
                <Box variant="strong">{titleOf(group)}</Box>
              </SpaceBetween>
            ),
            secondaryContent: <Details of={group} />,
            actions: <FirstStep of={group} />,
          })}
        />
      )}
    </Container>
  );
}

function Details({ of }: { of: AttentionGroup }) {
  const { named, others } = namedOf(of);
  return (
    <>
      <div>
        {named.map(({ id, name }, index) => (
          <span key={id}>
            {index > 0 && ", "}
            <NameLink href={`#/customers/${id}`} name={name} />
          </span>
        ))}
        {others > 0 && (
          <>
            {" "}
            and <Link href={addressOf([of.health])}>{others.toLocaleString("en")} more</Link>
          </>
        )}
        {of.since && (
          <>
            , since <Age at={of.since} />
          </>
        )}
      </div>
      <Popover content={of.remedy} triggerAriaLabel={`What to do: ${of.cause}`} dismissAriaLabel="Close">
        What to do
      </Popover>
    </>
  );
}

function FirstStep({ of }: { of: AttentionGroup }) {
  const step = firstStep(of);
  if (!step) return null;
  return (
    <Button href={step.href} wrapText={false} ariaLabel={`${step.text}: ${of.cause}`}>
      {step.text}
    </Button>
  );
}
