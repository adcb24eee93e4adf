// Two definitions in one graph, marked + − ±. A chosen task's edits are below it.

import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { use, useMemo, useState } from "react";

import { withNumbersAsTexts } from "../../components/json";
import type { Diff } from "../../diff/diff";
import { Edits } from "../../diff/Edits";
import { SidesContext } from "../../diff/sides";
import { Drawn } from "./Drawn";
import { merged } from "./merged";

interface Properties {
  /** As JSON. */
  readonly before: string;
  readonly after: string;
  readonly diff: Diff;
}

export default function DiffGraph({ before, after, diff }: Properties) {
  const { graph, edited } = useMemo(
    () => merged(withNumbersAsTexts(before), withNumbersAsTexts(after), diff),
    [before, after, diff],
  );
  const sides = use(SidesContext);
  const [chosen, choose] = useState<string>();
  const node = graph.nodes.find(({ id }) => id === chosen);
  const part = chosen === undefined ? undefined : edited.get(chosen);
  return (
    <SpaceBetween size="l">
      <Drawn graph={graph} chosen={chosen} onChoose={choose} instead="All differences are among the values." />
      {node && (
        <Container header={<Header variant="h2">{node.label}</Header>}>
          {part ? (
            <Edits edits={part.edits} of={node.label} />
          ) : node.mark ? (
            `This task is ${node.mark === "edited" ? "edited by its name only" : sides[node.mark]}.`
          ) : (
            "Nothing about this task differs."
          )}
        </Container>
      )}
    </SpaceBetween>
  );
}
