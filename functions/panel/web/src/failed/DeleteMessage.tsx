import { useMutation, useQueryClient } from "@tanstack/react-query";

import { useApi } from "../api/context";
import { Confirm } from "../components/Confirm";
import { useMessages } from "../components/messages";

/** Asks before an unreadable message is deleted: it exists nowhere else. */
export function DeleteMessage({ id, close }: { id: string; close: () => void }) {
  const api = useApi();
  const queries = useQueryClient();
  const messages = useMessages();
  const removal = useMutation({
    mutationFn: async () => api.DELETE("/v1/dead-letters/{message_id}", { params: { path: { message_id: id } } }),
    onSuccess: () => {
      messages.done("The message is deleted.");
      close();
    },
    onSettled: () => queries.invalidateQueries(),
  });
  return (
    <Confirm
      title="Delete this message?"
      action="Delete"
      isBusy={removal.isPending}
      error={removal.error}
      onConfirm={() => removal.mutate()}
      onClose={close}
    >
      It is removed from the queue for good. Keep its text if you still look for the program that sent it.
    </Confirm>
  );
}
