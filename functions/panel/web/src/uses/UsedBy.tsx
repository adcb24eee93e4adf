import Box from "@cloudscape-design/components/box";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import Link from "@cloudscape-design/components/link";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator from "@cloudscape-design/components/status-indicator";

import { body, type UsedBy as User } from "../api/client";
import { useApi } from "../api/context";
import { Loading } from "../components/Fallback";
import { useParts } from "../search/parts";
import { Unfinished } from "../search/Unfinished";
import type { Ids } from "../workflows/definition";
import { placeHref } from "../workflows/place";

export function UsedBy({ path }: { path: Ids }) {
  const api = useApi();
  const { of, rest } = useParts<User>({
    queryKey: ["used-by", path],
    load: async (cursor, signal) => {
      const query = cursor ? { cursor } : {};
      const to = "/v1/customers/{customer_id}/workflows/{workflow_id}/used-by";
      return body(await api.GET(to, { params: { path, query }, signal }));
    },
  });
  return (
    <Container
      header={
        <Header variant="h2" description="Workflows of the same customer that execute this one, or call its run.">
          Used by
        </Header>
      }
    >
      <Loading of={of}>
        {({ items, notIndexed }) => (
          <div className="found">
            <SpaceBetween size="s">
              {items.length === 0 && !rest.hasMore && "No workflow is known to run it."}
              {items.length > 0 && (
                <ul aria-label="Used by">
                  {items.map((user, index) => (
                    <li key={index}>
                      <One user={user} customerId={path.customer_id} />
                    </li>
                  ))}
                </ul>
              )}
              <Unfinished rest={rest} notIndexed={notIndexed} />
            </SpaceBetween>
          </div>
        )}
      </Loading>
    </Container>
  );
}

function One({ user, customerId }: { user: User; customerId: string }) {
  const { workflow_id, workflow_name, task_id, task_name, by, ambiguous } = user;
  return (
    <>
      <Link href={`#/customers/${customerId}/workflows/${workflow_id}`}>{workflow_name ?? workflow_id}</Link>
      {", "}
      <Link href={placeHref(customerId, workflow_id, task_id)}>
        {task_name ?? (task_id ? `Task ${task_id}` : "its settings")}
      </Link>
      <Box variant="span" color="text-body-secondary">
        {by === "id" ? ", by its ID" : ", by its name"}
      </Box>
      {ambiguous && (
        <div>
          <StatusIndicator type="warning">Other workflows have the same name: it may mean one of those.</StatusIndicator>
        </div>
      )}
    </>
  );
}
