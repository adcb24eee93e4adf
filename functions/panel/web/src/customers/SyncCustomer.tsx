import Checkbox from "@cloudscape-design/components/checkbox";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useNavigate } from "react-router";

import { body, type Customer } from "../api/client";
import { useApi } from "../api/context";
import { Confirm } from "../components/Confirm";
import { useMessages } from "../components/messages";

/** Confirmation before a sync or a dry run. */
export function SyncCustomer({ customer, close }: { customer: Customer; close: () => void }) {
  const api = useApi();
  const queries = useQueryClient();
  const messages = useMessages();
  const navigate = useNavigate();
  const [isDry, setDry] = useState(false);
  const sync = useMutation({
    mutationFn: async () => {
      const path = { customer_id: customer.id };
      const query = isDry ? { dry_run: true } : {};
      return body(await api.POST("/v1/customers/{customer_id}/sync", { params: { path, query } }));
    },
    onSuccess: (asked) => {
      close();
      void queries.invalidateQueries();
      if (isDry) {
        void navigate(`/jobs/${asked.job_id}`);
        return;
      }
      if (asked.follow_up) messages.done(`Another sync of ${customer.name} will start after the current one.`);
      else messages.follow(asked.job_id, `Sync of ${customer.name}`);
    },
  });
  return (
    <Confirm
      title={`Sync workflows of ${customer.name}?`}
      action={isDry ? "Start dry run" : "Sync Workflows"}
      isBusy={sync.isPending}
      error={sync.error}
      onConfirm={() => sync.mutate()}
      onClose={close}
    >
      <div>
        Lists all workflows at Zuora and copies those that changed. If too many would be deleted within a day, or Zuora does not
        confirm that they are gone, the deletions wait for approval.
      </div>
      <Checkbox checked={isDry} onChange={({ detail }) => setDry(detail.checked)} description="Nothing is written.">
        Dry run: only show what a sync would do
      </Checkbox>
    </Confirm>
  );
}
