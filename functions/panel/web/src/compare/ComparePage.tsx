// "Is production what we tested?": all workflows of two customers.

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
import { DriftTable } from "./DriftTable";
import { useComparedWith } from "./useRules";

export function ComparePage() {
  useTitle("Compare");
  const [parameters, setParameters] = useSearchParams();
  const idOf = (key: string) => parameters.get(key) ?? "";
  const leftId = idOf("left");
  // Until another one is chosen, the customer that the left one is stored to be compared with.
  const usual = useComparedWith(isId(leftId) ? leftId : "").data?.rules?.customer_id;
  const rightId = parameters.has("right") ? idOf("right") : (usual ?? "");
  const choose = (chosen: { readonly left: string; readonly right: string }) => setParameters(chosen, { replace: true });
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
              <CustomerPicker value={leftId} onChange={(left) => choose({ left, right: rightId })} none="Choose a customer" />
            </FormField>
            <FormField label="Right customer">
              <CustomerPicker value={rightId} onChange={(right) => choose({ left: leftId, right })} none="Choose a customer" />
            </FormField>
          </ColumnLayout>
        </Container>
        {!isId(leftId) || !isId(rightId) ? (
          <Alert type="info">Choose two customers, such as the one of production and the one of its sandbox.</Alert>
        ) : leftId === rightId ? (
          <Alert type="info">Both are the same customer. Choose another one.</Alert>
        ) : (
          <DriftTable key={`${leftId} ${rightId}`} leftId={leftId} rightId={rightId} />
        )}
      </SpaceBetween>
    </ContentLayout>
  );
}
