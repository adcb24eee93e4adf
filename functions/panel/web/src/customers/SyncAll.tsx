import { useMutation, useQueryClient } from "@tanstack/react-query";

import { body } from "../api/client";
import { useApi } from "../api/context";
import { Confirm } from "../components/Confirm";
import { useMessages } from "../components/messages";

/** Confirmation before all customers are synced. */
export function SyncAll({ total, close }: { total: number | undefined; close: () => void }) {
  const api = useApi();
  const queries = useQueryClient();
  const messages = useMessages();
  const sync = useMutation({
    mutationFn: async () => body(await api.POST("/v1/sync")),
    onSuccess: ({ of, placed, joined, skipped, failed, finished_at }) => {
      const text = `Queued: ${placed}. Already in progress: ${joined}. Skipped (paused or deleted): ${skipped}.`;
      if (failed > 0) {
        messages.failed("Some syncs could not be requested", new Error(`${text} Failed: ${failed}. Try again.`));
      } else if (finished_at) messages.done(text);
      else messages.done(`${text} The rest of the ${of} customers will be queued over the next minutes.`);
      void queries.invalidateQueries();
      close();
    },
  });
  return (
    <Confirm
      title={total === undefined ? "Sync all customers?" : `Sync all ${total.toLocaleString("en")} customers?`}
      action="Sync all"
      isBusy={sync.isPending}
      error={sync.error}
      onConfirm={() => sync.mutate()}
      onClose={close}
    >
      Every customer that is not paused is synced now, regardless of its sync frequency.
    </Confirm>
  );
}
