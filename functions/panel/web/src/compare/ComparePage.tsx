// "Is production what we tested?": all workflows of two customers, or of one and several others.

import Alert from "@cloudscape-design/components/alert";
import ColumnLayout from "@cloudscape-design/components/column-layout";
import Container from "@cloudscape-design/components/container";
import ContentLayout from "@cloudscape-design/components/content-layout";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useSearchParams } from "react-router";

import { CustomerPicker } from "../components/CustomerPicker";
import { useTitle } from "../components/title";
import { HelpLink } from "../help/HelpLink";
import { isId } from "../ids";
import { DriftMatrix } from "./DriftMatrix";
import { DriftTable } from "./DriftTable";
import { useComparedWith } from "./useRules";

/** Customers that one is compared with at a time: each is compared on its own. */
const MOST_OTHERS = 4;

export function ComparePage() {
  useTitle("Compare");
  const [parameters, setParameters] = useSearchParams();
  const leftId = parameters.get("left") ?? "";
  // Until another one is chosen, the customer that the left one is stored to be compared with.
  const usual = useComparedWith(isId(leftId) ? leftId : "").data?.rules?.customer_id;
  const chosen = parameters.has("right") ? [...new Set(parameters.getAll("right"))] : [usual ?? ""];
  const [rightId = "", ...further] = chosen.slice(0, MOST_OTHERS);
  const choose = (left: string, rights: readonly string[]) =>
    setParameters(
      (current) => {
        const next = new URLSearchParams({ left });
        if (current.has("show")) next.set("show", current.get("show") ?? "");
        for (const right of new Set(rights)) next.append("right", right);
        return next;
      },
      { replace: true },
    );
  const rights = [rightId, ...further];
  const areChosen = isId(leftId) && rights.every(isId);
  return (
    <ContentLayout
      header={
        <Header
          variant="h1"
          description="Which workflows of two customers are the same, which differ, and which only one of them has."
          info={<HelpLink section="is-production-what-we-tested" about="comparing customers" />}
        >
          Compare
        </Header>
      }
    >
      <SpaceBetween size="l">
        <Container>
          <ColumnLayout columns={2}>
            <FormField label="Left customer">
              <CustomerPicker value={leftId} onChange={(left) => choose(left, rights)} none="Choose a customer" />
            </FormField>
            <FormField label="Right customer">
              <CustomerPicker
                value={rightId}
                onChange={(right) => choose(leftId, [right, ...further])}
                none="Choose a customer"
              />
            </FormField>
            {further.map((id, at) => (
              <FormField key={id} label={`Customer ${at + 3}`}>
                <CustomerPicker
                  value={id}
                  onChange={(other) =>
                    choose(leftId, [rightId, ...further.map((one) => (one === id ? other : one)).filter(Boolean)])
                  }
                  none="Without this one"
                />
              </FormField>
            ))}
            {areChosen && rights.length < MOST_OTHERS && (
              <FormField label={`Customer ${further.length + 3}`}>
                <CustomerPicker
                  key={rights.length}
                  value=""
                  onChange={(other) => other && choose(leftId, [...rights, other])}
                  none="Compare with another one too"
                />
              </FormField>
            )}
          </ColumnLayout>
        </Container>
        {!areChosen ? (
          <Alert type="info">Choose two customers, such as the one of production and the one of its sandbox.</Alert>
        ) : rights.includes(leftId) ? (
          <Alert type="info">One customer is chosen twice. Choose another one.</Alert>
        ) : further.length > 0 ? (
          <DriftMatrix key={`${leftId} ${rights.join(" ")}`} leftId={leftId} rightIds={rights} />
        ) : (
          <DriftTable key={`${leftId} ${rightId}`} leftId={leftId} rightId={rightId} />
        )}
      </SpaceBetween>
    </ContentLayout>
  );
}
