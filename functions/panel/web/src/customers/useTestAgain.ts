import { useMutation, useQueryClient } from "@tanstack/react-query";

import { body, type Customer } from "../api/client";
import { useApi } from "../api/context";
import { useMessages } from "../components/messages";

/** Tests the stored credentials in a job, because only the sync function can decrypt the secret. */
export function useTestAgain(customer: Customer) {
  const api = useApi();
  const queries = useQueryClient();
  const messages = useMessages();
  return useMutation({
    mutationFn: async () =>
      body(await api.POST("/v1/customers/{customer_id}/connection-test", { params: { path: { customer_id: customer.id } } })),
    onSuccess: () => messages.done("Testing the connection. The result will appear under Connection."),
    onError: (error) => messages.failed("The connection could not be tested", error),
    onSettled: () => queries.invalidateQueries(),
  });
}
