import Alert from "@cloudscape-design/components/alert";
import Button from "@cloudscape-design/components/button";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { useMutation } from "@tanstack/react-query";
import type { ReactNode } from "react";

import { body } from "../api/client";
import { useApi } from "../api/context";
import { Problem, sentence } from "../api/problem";
import type { Fields } from "./fields";

/** Tries what was typed in, before it is saved, and says what to do when it does not work. */
export function TestConnection({ fields }: { fields: Fields }) {
  const api = useApi();
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
  return (
    <SpaceBetween size="s">
      <Button
        formAction="none"
        disabled={!isComplete}
        disabledReason="Enter base URL, client ID and client secret first."
        loading={test.isPending}
        onClick={() => test.mutate()}
      >
        Test connection
      </Button>
      {test.isSuccess && <StatusIndicator type="success">Zuora took the credentials and lists workflows.</StatusIndicator>}
      {test.isError && (
        <Alert type="error" header="The connection does not work">
          <p>{sentence(test.error)}</p>
          {steps(test.error)}
        </Alert>
      )}
    </SpaceBetween>
  );
}

/** What to look at, by what went wrong. */
function steps(error: unknown): ReactNode {
  switch (error instanceof Problem ? error.slug : "") {
    case "zuora-credentials-invalid":
      return (
        <ul>
          <li>Client ID: copy it again from Settings, Administration, Manage OAuth Clients at Zuora.</li>
          <li>Client secret: it is shown only once. Was a new one generated? Then enter that, or make a new OAuth client.</li>
          <li>Base URL: does it belong to the tenant? Credentials of one data center do not work in another.</li>
        </ul>
      );
    case "zuora-permission-missing":
      return (
        <ul>
          <li>Give the OAuth client at least the scope workflow:read.</li>
          <li>Give its user a role that may see workflows.</li>
        </ul>
      );
    case "zuora-unreachable":
      return (
        <ul>
          <li>Base URL: is it spelled right?</li>
          <li>Zuora may be down or busy just now: see its status page, and try again in a few minutes.</li>
        </ul>
      );
    default:
      return null;
  }
}
