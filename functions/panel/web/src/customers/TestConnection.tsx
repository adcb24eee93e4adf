import Alert from "@cloudscape-design/components/alert";
import Button from "@cloudscape-design/components/button";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator from "@cloudscape-design/components/status-indicator";

import { useMe } from "../api/context";
import { Problem, sentence } from "../api/problem";
import type { Fields } from "./fields";
import type { useTestConnection } from "./useTestConnection";

interface Properties {
  readonly fields: Fields;
  readonly test: ReturnType<typeof useTestConnection>;
}

/** The button that tests the credentials in the form, with the result and, if that is an error, the next step. */
export function TestConnection({ fields, test }: Properties) {
  const me = useMe().data;
  const isComplete = fields.baseUrl !== "" && fields.clientId !== "" && fields.secret !== "";
  if (!me?.actions.includes("test_credentials")) return null;
  return (
    <SpaceBetween size="s">
      <Button
        formAction="none"
        disabled={!isComplete}
        disabledReason="Enter the base URL, client ID and client secret first."
        loading={test.isPending}
        onClick={test.start}
      >
        Test connection
      </Button>
      {test.isSuccess && (
        <StatusIndicator type="success">Connected. Zuora accepted the credentials and listed the workflows.</StatusIndicator>
      )}
      {test.error && (
        <Alert type="error" header="Connection failed">
          <p>{sentence(test.error)}</p>
          {test.error instanceof Problem && test.error.body.next_step && <p>{test.error.body.next_step}</p>}
        </Alert>
      )}
    </SpaceBetween>
  );
}
