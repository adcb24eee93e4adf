// The results of a search over everything: names, and places inside definitions.

import Box from "@cloudscape-design/components/box";
import ContentLayout from "@cloudscape-design/components/content-layout";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useSearchParams } from "react-router";

import { body, type SearchHit } from "../api/client";
import { useApi } from "../api/context";
import { Loading } from "../components/Fallback";
import { useTitle } from "../components/title";
import { askedOf, isLongEnough, queryOf, TOO_SHORT } from "./asked";
import { summary } from "./grouped";
import { useParts } from "./parts";
import { Results } from "./Results";
import { SearchForm } from "./SearchForm";

export function SearchPage() {
  useTitle("Search");
  const [parameters, setParameters] = useSearchParams();
  const api = useApi();
  const asked = askedOf(parameters);
  const isWanted = isLongEnough(asked.q, asked.kind);
  const { of, rest } = useParts<SearchHit>({
    queryKey: ["search", asked],
    isWanted,
    load: async (cursor, signal) => {
      const query = { ...queryOf(asked), ...(cursor && { cursor }) };
      return body(await api.GET("/v1/search", { params: { query }, signal }));
    },
  });
  return (
    <ContentLayout
      header={
        <Header
          variant="h1"
          description="What is stored now, of all customers that you may see. Passwords and the like are not searched."
        >
          Search
        </Header>
      }
    >
      <SpaceBetween size="l">
        <SearchForm asked={asked} ask={(next) => setParameters(new URLSearchParams(queryOf(next)))} />
        <Box>
          <div role="status">
            {isWanted ? (of.data ? summary(of.data.items, rest.hasMore) : !of.error && "Searching") : TOO_SHORT}
          </div>
        </Box>
        {isWanted && <Loading of={of}>{(found) => <Results asked={asked} {...found} rest={rest} />}</Loading>}
      </SpaceBetween>
    </ContentLayout>
  );
}
