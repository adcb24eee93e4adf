import { useMutation } from "@tanstack/react-query";

import { body } from "../api/client";
import { useApi } from "../api/context";
import { hasSameCredentials, type Fields } from "./fields";

/** Tests the credentials in the form before they are saved. The result counts only until one of them is edited. */
export function useTestConnection(fields: Fields) {
  const api = useApi();
  const test = useMutation({
    mutationFn: async (tested: Fields) =>
      body(
        await api.POST("/v1/connection-test", {
          body: {
            zuora_base_url: tested.baseUrl,
            zuora_client_id: tested.clientId,
            zuora_client_secret: tested.secret,
          },
        }),
      ),
  });
  const isCurrent = test.variables !== undefined && hasSameCredentials(test.variables, fields);
  return {
    start: () => test.mutate(fields),
    forget: () => test.reset(),
    isPending: test.isPending,
    isSuccess: isCurrent && test.isSuccess,
    /** There is a result, good or bad. */
    isDone: isCurrent && (test.isSuccess || test.isError),
    error: isCurrent ? test.error : null,
    tested: test.variables,
  };
}
