// Creates a customer.

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRef } from "react";
import { useNavigate } from "react-router";

import { body } from "../api/client";
import { useApi, useMe } from "../api/context";
import { Loading } from "../components/Fallback";
import { useMessages } from "../components/messages";
import { CustomerForm } from "./CustomerForm";
import { settingsOf, type Fields } from "./fields";
import { SAVED } from "./LeaveGuard";
import { NotAllowed } from "./NotAllowed";

export function NewCustomerPage() {
  return (
    <Loading of={useMe()}>
      {({ actions }) =>
        actions.includes("create_customer") ? (
          <New />
        ) : (
          <NotAllowed title="New customer" what="create customers" href="#/customers" to="the customers" />
        )
      }
    </Loading>
  );
}

function New() {
  const api = useApi();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const messages = useMessages();
  // The same key for every attempt with the same input: a lost response does not create a second customer.
  const attempt = useRef({ input: "", key: "" });
  const creation = useMutation({
    mutationFn: async (fields: Fields) => {
      const input = JSON.stringify(fields);
      if (attempt.current.input !== input) attempt.current = { input, key: crypto.randomUUID() };
      const answer = await api.POST("/v1/customers", {
        params: { header: { "Idempotency-Key": attempt.current.key } },
        body: { ...settingsOf(fields), zuora_client_secret: fields.secret, verify: fields.verify },
      });
      return body(answer);
    },
    onSuccess: (customer) => {
      messages.done(`${customer.name} was created. Its first sync is queued.`, customer.warnings);
      void queries.invalidateQueries();
      void navigate(`/customers/${customer.id}`, SAVED);
    },
  });
  return (
    <CustomerForm
      title="New customer"
      action="Create"
      isBusy={creation.isPending}
      error={creation.error}
      onSave={(fields) => creation.mutate(fields)}
      onCancel={() => void navigate("/customers")}
    />
  );
}
