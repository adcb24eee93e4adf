import Link from "@cloudscape-design/components/link";
import { useMutation, useQueryClient } from "@tanstack/react-query";

import { body, type Customer } from "../api/client";
import { useApi } from "../api/context";
import { Confirm } from "../parts/Confirm";
import { useMessages } from "../parts/messages";

/** Asks before a sync is asked for. */
export function SyncCustomer({ customer, close }: { customer: Customer; close: () => void }) {
  const api = useApi();
  const queries = useQueryClient();
  const messages = useMessages();
  const sync = useMutation({
    mutationFn: async () =>
      body(await api.POST("/v1/customers/{customer_id}/sync", { params: { path: { customer_id: customer.id } } })),
    onSuccess: (asked) => {
      const how = asked.follow_up ? "One sync more will follow the running one" : "The sync is queued";
      messages.done(
        <>
          {how}: <Link href={`#/customers/${customer.id}`}>{customer.name}</Link> shows how it goes.
        </>,
      );
      void queries.invalidateQueries();
      close();
    },
  });
  return (
    <Confirm
      title={`Sync workflows of ${customer.name}?`}
      action="Sync Workflows"
      isBusy={sync.isPending}
      error={sync.error}
      onConfirm={() => sync.mutate()}
      onClose={close}
    >
      All workflows are listed at Zuora, and what changed is copied. Many deletions at once are held until somebody approves them.
    </Confirm>
  );
}
