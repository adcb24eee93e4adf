// Two workflows, mostly of two customers, side by side.

import Button from "@cloudscape-design/components/button";
import ColumnLayout from "@cloudscape-design/components/column-layout";
import Container from "@cloudscape-design/components/container";
import ContentLayout from "@cloudscape-design/components/content-layout";
import Header from "@cloudscape-design/components/header";
import Link from "@cloudscape-design/components/link";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useQuery } from "@tanstack/react-query";
import { useParams } from "react-router";

import { body, type ComparedSide } from "../api/client";
import { useApi } from "../api/context";
import { Loading } from "../components/Fallback";
import { Age } from "../components/time";
import { useTitle } from "../components/title";
import { Differences } from "../diff/Differences";
import { SidesContext } from "../diff/sides";
import type { Ids } from "../workflows/definition";
import { readComparison, type Comparison } from "./comparison";

export function PairPage() {
  const { leftId, leftWorkflow, rightId, rightWorkflow } = useParams();
  const api = useApi();
  const query = { left: `${leftId}/${leftWorkflow}`, right: `${rightId}/${rightWorkflow}` };
  const found = useQuery({
    queryKey: ["compare", query],
    queryFn: async () => readComparison(body<string>(await api.GET("/v1/compare", { params: { query }, parseAs: "text" }))),
  });
  return <Loading of={found}>{(comparison) => <Pair comparison={comparison} />}</Loading>;
}

function Pair({ comparison: { left, right, ruled, diff } }: { comparison: Comparison }) {
  const title = left.name ?? right.name ?? "(no name)";
  useTitle(`Compare ${title}`);
  const [before, after] = [left.customer_name, right.customer_name];
  return (
    <ContentLayout
      header={
        <Header
          variant="h1"
          description={ruled && "What differs between the two customers on purpose is left out."}
          actions={
            <Button href={`#/compare?left=${left.customer_id}&right=${right.customer_id}`}>
              All workflows of both customers
            </Button>
          }
        >
          <span className="breaks">Compare {title}</span>
        </Header>
      }
    >
      <SpaceBetween size="l">
        <Container>
          <ColumnLayout columns={2}>
            <Side title="Left" side={left} />
            <Side title="Right" side={right} />
          </ColumnLayout>
        </Container>
        <SidesContext value={{ before, after, added: `only in ${after}`, removed: `only in ${before}` }}>
          <div className="breaks">
            <Differences diff={diff} before={idsOf(left)} after={idsOf(right)} />
          </div>
        </SidesContext>
      </SpaceBetween>
    </ContentLayout>
  );
}

function idsOf({ customer_id, zuora_id }: ComparedSide): Ids {
  return { customer_id, workflow_id: zuora_id };
}

function Side({ title, side }: { title: string; side: ComparedSide }) {
  const customer = `#/customers/${side.customer_id}`;
  return (
    <div className="breaks">
      {title}: <Link href={customer}>{side.customer_name}</Link>
      <div>
        <Link href={`${customer}/workflows/${side.zuora_id}`}>{side.name ?? `Workflow ${side.zuora_id}`}</Link>
      </div>
      <div>
        {side.last_synced_at ? (
          <>
            Synced <Age at={side.last_synced_at} />
          </>
        ) : (
          "Gone from Zuora"
        )}
      </div>
    </div>
  );
}
