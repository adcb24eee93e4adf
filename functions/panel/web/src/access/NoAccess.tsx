import Alert from "@cloudscape-design/components/alert";
import ContentLayout from "@cloudscape-design/components/content-layout";
import Header from "@cloudscape-design/components/header";

import type { Me } from "../api/client";
import { Copyable } from "../components/Copyable";
import { useTitle } from "../components/title";

/** Returns true if the caller was granted nothing. */
export function hasNoAccess(me: Me): boolean {
  return !me.super_admin && me.verbs.length === 0 && me.customers.length === 0;
}

/** Shown in place of every page to a caller without grants, for whom the API would refuse all requests. */
export function NoAccess({ user }: { user: string }) {
  useTitle("No access yet");
  return (
    <ContentLayout header={<Header variant="h1">No access yet</Header>}>
      <Alert type="info" header="Give your user ID to an administrator">
        <Copyable text={user} what="your user ID" />
      </Alert>
    </ContentLayout>
  );
}
