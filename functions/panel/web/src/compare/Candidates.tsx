// Workflows of the right customer that may be the match of one of the left: a person says which one is.

import Button from "@cloudscape-design/components/button";
import SpaceBetween from "@cloudscape-design/components/space-between";

import type { DriftRow } from "../api/client";
import { useMessages } from "../components/messages";
import { NameLink } from "../components/NameLink";
import { linked } from "./rules";
import { useSaveRules, type Rules } from "./useRules";

interface Properties {
  readonly row: DriftRow;
  readonly rightId: string;
  /** Undefined if they may not be changed. */
  readonly rules: Rules | undefined;
}

export function Candidates({ row: { left, candidates = [] }, rightId, rules }: Properties) {
  const messages = useMessages();
  const save = useSaveRules(() => messages.done("The two workflows are linked."));
  // Rules of another pair are replaced in the dialog only, which says so.
  const over = rules?.isOfOthers === false ? rules : undefined;
  const link = (own: string, other: string, current: Rules) => {
    const [left, right] = current.isLeft ? [own, other] : [other, own];
    const rules = linked(current.rules ?? { customer_id: current.otherId }, left, right);
    save.mutate({ over: current, rules }, { onError: (error) => messages.failed("The two could not be linked", error) });
  };
  return (
    <SpaceBetween size="xxs">
      {candidates.map(({ zuora_id, name, version }) => (
        <div key={zuora_id}>
          <NameLink
            href={`#/customers/${rightId}/workflows/${zuora_id}`}
            name={`${name ?? "(no name)"}, ID ${zuora_id}${version ? `, version ${version}` : ""}`}
          />
          {left && over && (
            <Button
              variant="inline-link"
              loading={save.isPending}
              ariaLabel={`These two belong together: ${left.zuora_id} and ${zuora_id}`}
              onClick={() => link(left.zuora_id, zuora_id, over)}
            >
              These two belong together
            </Button>
          )}
        </div>
      ))}
    </SpaceBetween>
  );
}
