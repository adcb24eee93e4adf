import Alert from "@cloudscape-design/components/alert";
import Button from "@cloudscape-design/components/button";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { useMutation } from "@tanstack/react-query";

import { body } from "../api/client";
import { useApi, useMe } from "../api/context";
import { Problem, sentence } from "../api/problem";
import type { Fields } from "./fields";

/** Tests the credentials in the form before they are saved, and shows the next step if that fails. */
export function TestConnection({ fields }: { fields: Fields }) {
  const api = useApi();
  const me = useMe().data;
  const test = useMutation({
    mutationFn: async () =>
      body(
        await api.POST("/v1/connection-test", {
          body: {
            zuora_base_url: fields.baseUrl,
            zuora_client_id: fields.clientId,
            zuora_client_secret: fields.secret,
          },
        }),
      ),
  });
  const isComplete = fields.baseUrl !== "" && fields.clientId !== "" && fields.secret !== "";
  if (!me?.actions.includes("test_credentials")) return null;
  return (
    <SpaceBetween size="s">
      <Button
        formAction="none"
        disabled={!isComplete}
        disabledReason="Enter the base URL, client ID and client secret first."
        loading={test.isPending}
        onClick={() => test.mutate()}
      >
        Test connection
      </Button>
      {test.isSuccess && (
        <StatusIndicator type="success">Connected. Zuora accepted the credentials and listed the workflows.</StatusIndicator>
      )}
      {test.isError && (
        <Alert type="error" header="Connection failed">
          <p>{sentence(test.error)}</p>
          {test.error instanceof Problem && test.error.body.next_step && <p>{test.error.body.next_step}</p>}
        </Alert>
      )}
    </SpaceBetween>
  );
}
