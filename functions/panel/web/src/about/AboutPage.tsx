// The version, and the API's reference, read from the OpenAPI description that the API serves.

import Container from "@cloudscape-design/components/container";
import ContentLayout from "@cloudscape-design/components/content-layout";
import ExpandableSection from "@cloudscape-design/components/expandable-section";
import Header from "@cloudscape-design/components/header";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import Link from "@cloudscape-design/components/link";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Table from "@cloudscape-design/components/table";
import { useQuery } from "@tanstack/react-query";

import { body } from "../api/client";
import { useApi } from "../api/context";
import { root } from "../deployment";
import { Loading } from "../components/Fallback";
import { useTitle } from "../components/title";
import { operationsOf, type Operation } from "./operations";

export function AboutPage() {
  useTitle("About");
  const api = useApi();
  const health = useQuery({ queryKey: ["health"], queryFn: async () => body(await api.GET("/health")) });
  const description = useQuery({
    queryKey: ["openapi"],
    queryFn: async () => operationsOf(body(await api.GET("/openapi.json"))),
    staleTime: Infinity,
  });
  return (
    <ContentLayout header={<Header variant="h1">About</Header>}>
      <SpaceBetween size="l">
        <Container>
          <KeyValuePairs
            columns={3}
            items={[
              { label: "Version", value: health.data?.version ?? "…" },
              { label: "API", value: root.href },
              {
                label: "Description (OpenAPI 3.1)",
                value: (
                  <Link external href={new URL("openapi.json", root).href}>
                    openapi.json
                  </Link>
                ),
              },
            ]}
          />
        </Container>
        <Loading of={description}>
          {(tags) => (
            <SpaceBetween size="m">
              {tags.map(([tag, operations]) => (
                <Container key={tag} header={<Header variant="h2">{tag}</Header>}>
                  {operations.map((operation) => (
                    <Details key={operation.id} operation={operation} />
                  ))}
                </Container>
              ))}
            </SpaceBetween>
          )}
        </Loading>
      </SpaceBetween>
    </ContentLayout>
  );
}

function Details({ operation }: { operation: Operation }) {
  return (
    <ExpandableSection headerText={`${operation.method} ${operation.path}`} headerDescription={operation.summary}>
      <Table
        variant="embedded"
        items={operation.parameters}
        empty="No parameters."
        columnDefinitions={[
          { id: "name", header: "Parameter", isRowHeader: true, cell: ({ name }) => name },
          { id: "place", header: "In", cell: ({ place }) => place },
          { id: "required", header: "Required", cell: ({ isRequired }) => (isRequired ? "yes" : "no") },
          { id: "description", header: "Description", cell: ({ description }) => description },
        ]}
      />
    </ExpandableSection>
  );
}
