// Two definitions compared: what was added, removed, renamed and edited, with values; layout and bookkeeping are folded.

import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import ExpandableSection from "@cloudscape-design/components/expandable-section";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useContext, useState, type ReactNode } from "react";

import { linkageInWords, taskInWords } from "../changes/names";
import { apart, partsApart, type Diff, type Part, type Parts } from "./diff";
import { Edits } from "./Edits";
import { SidesContext } from "./sides";

export function DiffView({ diff }: { diff: Diff }) {
  const { tasks, linkages, settings } = diff;
  const { loud, quiet } = apart(settings);
  const quietTasks = partsApart(tasks.edited, "quiet");
  const quietLinkages = partsApart(linkages.edited, "quiet");
  const quietCount = quiet.length + [...quietTasks, ...quietLinkages].reduce((sum, { edits }) => sum + edits.length, 0);
  return (
    <SpaceBetween size="l">
      {diff.classes.length === 0 && (
        <Alert type="info">
          The two mean the same: only ids, order or ways of writing differ, which Zuora changes by itself.
        </Alert>
      )}
      {!diff.complete && (
        <Alert type="warning">Some values are left out, because all of them together are too long for one answer.</Alert>
      )}
      <Section title="Tasks" of={tasks} inWords={taskInWords} />
      <Section title="Linkages" of={linkages} inWords={linkageInWords} />
      {loud.length > 0 && (
        <Container header={<Header variant="h2">Settings</Header>}>
          <Edits edits={loud} of="the settings" />
        </Container>
      )}
      {quietCount > 0 && (
        <Folded title={`Layout and bookkeeping (${quietCount.toLocaleString("en")})`}>
          {() => (
            <SpaceBetween size="l">
              {quietTasks.length > 0 && <EditedParts parts={quietTasks} inWords={taskInWords} />}
              {quietLinkages.length > 0 && <EditedParts parts={quietLinkages} inWords={linkageInWords} />}
              {quiet.length > 0 && <Edits edits={quiet} of="the settings" />}
            </SpaceBetween>
          )}
        </Folded>
      )}
    </SpaceBetween>
  );
}

interface SectionProperties<Name> {
  readonly title: string;
  readonly of: Parts<Name>;
  readonly inWords: (name: Name) => string;
}

function Section<Name>({ title, of: { added, removed, renamed, edited }, inWords }: SectionProperties<Name>) {
  const sides = useContext(SidesContext);
  const loud = partsApart(edited, "loud");
  if (added.length + removed.length + renamed.length + loud.length === 0) return null;
  const lines = [
    ...added.map((name) => `+ ${inWords(name)} ${sides.added}`),
    ...removed.map((name) => `− ${inWords(name)} ${sides.removed}`),
    ...renamed.map(({ from, to }) => `± ${inWords(from)} renamed to ${inWords(to)}`),
  ];
  return (
    <Container header={<Header variant="h2">{title}</Header>}>
      <SpaceBetween size="l">
        {lines.length > 0 && (
          <Capped items={lines} size="xxs">
            {(line, at) => <div key={at}>{line}</div>}
          </Capped>
        )}
        {loud.length > 0 && <EditedParts parts={loud} inWords={inWords} />}
      </SpaceBetween>
    </Container>
  );
}

function EditedParts<Name>({ parts, inWords }: { parts: readonly Part<Name>[]; inWords: (name: Name) => string }) {
  return (
    <Capped items={parts} size="l">
      {({ name, edits }, at) => (
        <SpaceBetween key={at} size="s">
          <Box variant="h3">± {inWords(name)}</Box>
          <div className="diff-part">
            <Edits edits={edits} of={inWords(name)} />
          </div>
        </SpaceBetween>
      )}
    </Capped>
  );
}

/** Number of items that are shown at first: thousands would make the page stand still. */
const MOST_SHOWN = 50;

interface CappedProperties<Item> {
  readonly items: readonly Item[];
  readonly size: "xxs" | "l";
  readonly children: (item: Item, at: number) => ReactNode;
}

function Capped<Item>({ items, size, children }: CappedProperties<Item>) {
  const [most, setMost] = useState(MOST_SHOWN);
  const left = items.length - most;
  return (
    <SpaceBetween size={size}>
      {items.slice(0, most).map(children)}
      {left > 0 && <Button onClick={() => setMost(most + 10 * MOST_SHOWN)}>Show more ({left.toLocaleString("en")} left)</Button>}
    </SpaceBetween>
  );
}

/** Drawn when it is opened. */
function Folded({ title, children }: { title: string; children: () => ReactNode }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <ExpandableSection
      variant="container"
      headerText={title}
      headingTagOverride="h2"
      expanded={isOpen}
      onChange={({ detail }) => setOpen(detail.expanded)}
    >
      {isOpen && children()}
    </ExpandableSection>
  );
}
