import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useNavigate, useParams } from "react-router";

import { body, type Customer } from "../api/client";
import { useApi } from "../api/context";
import { useMessages } from "../components/messages";
import { Loading } from "../components/Fallback";
import { CustomerForm } from "./CustomerForm";
import { changed, type Fields } from "./fields";
import { useCustomer } from "./useCustomer";

export function EditCustomerPage() {
  const { customerId = "" } = useParams();
  const found = useCustomer(customerId);
  return (
    <Loading of={found}>{({ customer, edition }) => <Edit key={customer.id} customer={customer} edition={edition} />}</Loading>
  );
}

function Edit(shown: { customer: Customer; edition: string }) {
  // The customer at the time the form was opened: a newer edition must not replace the input. The API refuses to overwrite it.
  const [{ customer, edition }] = useState(shown);
  const api = useApi();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const messages = useMessages();
  const back = () => void navigate(`/customers/${customer.id}`);
  const change = useMutation({
    mutationFn: async (fields: Fields) => {
      const params = { path: { customer_id: customer.id }, header: { "If-Match": edition } };
      return body(await api.PATCH("/v1/customers/{customer_id}", { params, body: changed(customer, fields) }));
    },
    onSuccess: (after) => {
      messages.done(`${after.name} was saved.`);
      void queries.invalidateQueries();
      back();
    },
  });
  return (
    <CustomerForm
      title={`Edit ${customer.name}`}
      action="Save"
      customer={customer}
      isBusy={change.isPending}
      error={change.error}
      onSave={(fields) => change.mutate(fields)}
      onCancel={back}
    />
  );
}
