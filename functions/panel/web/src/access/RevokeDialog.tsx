import { useMutation, useQueryClient } from "@tanstack/react-query";

import type { Grant } from "../api/client";
import { useApi } from "../api/context";
import { Confirm } from "../components/Confirm";
import { useMessages } from "../components/messages";
import { CustomerName } from "../components/CustomerName";
import { ALL } from "./roles";
import { grantsChanged } from "./grantsOf";

export function RevokeDialog({ grant, close }: { grant: Grant; close: () => void }) {
  const api = useApi();
  const queries = useQueryClient();
  const messages = useMessages();
  const who = grant.email ?? grant.user;
  const revocation = useMutation({
    mutationFn: async () =>
      api.DELETE("/v1/customers/{customer_id}/grants/{user}", {
        params: { path: { customer_id: grant.customer_id ?? ALL, user: grant.user } },
      }),
    onSuccess: () => {
      messages.done(`Access of ${who} revoked.`);
      grantsChanged(queries);
      close();
    },
  });
  return (
    <Confirm
      title="Revoke access?"
      action="Revoke"
      isBusy={revocation.isPending}
      error={revocation.error}
      onConfirm={() => revocation.mutate()}
      onClose={close}
    >
      <div>
        {who} loses the access granted on{" "}
        {grant.customer_id ? <CustomerName id={grant.customer_id} isOneOfMany /> : "every customer"} with the next request.
      </div>
    </Confirm>
  );
}
