import { useMutation, useQueryClient } from "@tanstack/react-query";

import { body, type Customer } from "../api/client";
import { useApi } from "../api/context";
import { useMessages } from "../components/messages";

/** Pauses or resumes a customer. */
export function usePause(customer: Customer) {
  const api = useApi();
  const queries = useQueryClient();
  const messages = useMessages();
  const isPaused = customer.status === "paused";
  return useMutation({
    mutationFn: async () => {
      const params = { path: { customer_id: customer.id } };
      if (isPaused) return body(await api.POST("/v1/customers/{customer_id}/resume", { params }));
      return body(await api.POST("/v1/customers/{customer_id}/pause", { params }));
    },
    onSuccess: (after) =>
      messages.done(
        after.status === "paused"
          ? `${after.name} paused. It is not synced until it is resumed.`
          : `${after.name} resumed. A sync is queued.`,
      ),
    onError: (error) => messages.failed(`${customer.name} could not be ${isPaused ? "resumed" : "paused"}`, error),
    onSettled: () => queries.invalidateQueries(),
  });
}
