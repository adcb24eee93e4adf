// What the caller may do; for super admins also what everybody else may.

import ContentLayout from "@cloudscape-design/components/content-layout";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";

import { useMe } from "../api/context";
import { Loading } from "../components/Fallback";
import { useTitle } from "../components/title";
import { Everyone } from "./Everyone";
import { You } from "./You";

export function AccessPage() {
  useTitle("Access");
  const me = useMe();
  return (
    <ContentLayout header={<Header variant="h1">Access</Header>}>
      <Loading of={me}>
        {(caller) => (
          <SpaceBetween size="l">
            <You me={caller} />
            {caller.actions.includes("grant") && <Everyone />}
          </SpaceBetween>
        )}
      </Loading>
    </ContentLayout>
  );
}
