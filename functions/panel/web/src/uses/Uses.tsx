import Alert from "@cloudscape-design/components/alert";
import Container from "@cloudscape-design/components/container";
import ExpandableSection from "@cloudscape-design/components/expandable-section";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useQuery } from "@tanstack/react-query";

import { body } from "../api/client";
import { useApi } from "../api/context";
import { Loading } from "../components/Fallback";
import type { Ids } from "../workflows/definition";
import { UsedItem } from "./UsedItem";
import { byKind, KINDS } from "./used";

/** A longer list is folded at first. */
const SHORT = 10;

export function Uses({ path }: { path: Ids }) {
  const api = useApi();
  const found = useQuery({
    queryKey: ["uses", path],
    queryFn: async () => body(await api.GET("/v1/customers/{customer_id}/workflows/{workflow_id}/uses", { params: { path } })),
    staleTime: 60_000,
  });
  return (
    <Container
      header={
        <Header
          variant="h2"
          description="What its definition names. A host, address, constant, object, field or type leads to all workflows with it."
        >
          Uses
        </Header>
      }
    >
      <Loading of={found}>
        {({ items, complete }) => (
          <div className="found">
            <SpaceBetween size="s">
              {!complete && <Alert type="warning">It uses more than can be told here. Its definition has everything.</Alert>}
              {items.length === 0 && "It uses nothing that is known."}
              {byKind(items).map(({ kind, used }) => (
                <ExpandableSection
                  key={kind}
                  headerText={`${KINDS[kind]} (${used.length.toLocaleString("en")})`}
                  headingTagOverride="h3"
                  defaultExpanded={used.length <= SHORT}
                >
                  <ul aria-label={KINDS[kind]}>
                    {used.map((one, index) => (
                      <li key={index}>
                        <UsedItem used={one} path={path} />
                      </li>
                    ))}
                  </ul>
                </ExpandableSection>
              ))}
            </SpaceBetween>
          </div>
        )}
      </Loading>
    </Container>
  );
}
