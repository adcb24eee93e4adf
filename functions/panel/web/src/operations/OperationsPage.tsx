// For whoever is called at night: what is going on, and the steps for each alarm, from docs/runbook.md.

import Container from "@cloudscape-design/components/container";
import ContentLayout from "@cloudscape-design/components/content-layout";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useSearchParams } from "react-router";

import runbook from "../../../../../docs/runbook.md";
import { useTitle } from "../components/title";
import { Document } from "../help/Document";
import { Now } from "./Now";

/** Without its title: the page has one. */
const steps = runbook.replace(/<h1[^]*?<\/h1>/, "");

export function OperationsPage() {
  useTitle("Operations");
  const [parameters] = useSearchParams();
  return (
    <ContentLayout header={<Header variant="h1">Operations</Header>}>
      <SpaceBetween size="l">
        <Now />
        <Container>
          <Document html={steps} section={parameters.get("section") ?? undefined} />
        </Container>
      </SpaceBetween>
    </ContentLayout>
  );
}
