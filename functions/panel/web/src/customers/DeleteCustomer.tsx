import Alert from "@cloudscape-design/components/alert";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useNavigate } from "react-router";

import { body, type Customer } from "../api/client";
import { useApi } from "../api/context";
import { Confirm } from "../components/Confirm";
import { useMessages } from "../components/messages";

/** Confirmation by name before a customer is deleted, with a list of what is deleted. */
export function DeleteCustomer({ customer, close }: { customer: Customer; close: () => void }) {
  const api = useApi();
  const queries = useQueryClient();
  const messages = useMessages();
  const navigate = useNavigate();
  const [name, setName] = useState("");
  const removal = useMutation({
    mutationFn: async () =>
      body(
        await api.DELETE("/v1/customers/{customer_id}", {
          params: { path: { customer_id: customer.id }, query: { confirm: name } },
        }),
      ),
    onSuccess: () => {
      messages.done(`${customer.name} is being deleted.`);
      void queries.invalidateQueries();
      close();
      void navigate("/customers");
    },
  });
  return (
    <Confirm
      title={`Delete ${customer.name}?`}
      action="Delete"
      isBusy={removal.isPending}
      isAllowed={name === customer.name}
      error={removal.error}
      onConfirm={() => removal.mutate()}
      onClose={close}
    >
      <Alert type="warning" header="This cannot be undone">
        This is {customer.id} at {customer.zuora_base_url}. Its {customer.workflows_count.toLocaleString("en")} workflows,{" "}
        {customer.tasks_count.toLocaleString("en")} tasks, their history, its jobs and its credentials are deleted. A running sync
        is stopped. Nothing changes at Zuora. The audit trail stays.
      </Alert>
      <FormField label={`To confirm, type the customer's name: ${customer.name}`}>
        <Input value={name} onChange={({ detail }) => setName(detail.value)} autoComplete={false} />
      </FormField>
    </Confirm>
  );
}
