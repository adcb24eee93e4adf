// Changes a customer.

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useNavigate, useParams } from "react-router";

import { body, type Customer } from "../api/client";
import { useApi } from "../api/context";
import { Problem } from "../api/problem";
import { useMessages } from "../components/messages";
import { Loading } from "../components/Fallback";
import { Conflict } from "./Conflict";
import { differences, merged } from "./differences";
import { CustomerForm } from "./CustomerForm";
import { changed, fieldsOf, type Fields } from "./fields";
import { SAVED } from "./LeaveGuard";
import { NotAllowed } from "./NotAllowed";
import { useCustomer } from "./useCustomer";

export function EditCustomerPage() {
  const { customerId = "" } = useParams();
  const found = useCustomer(customerId);
  return (
    <Loading of={found}>
      {({ customer, edition }) =>
        customer.actions.includes("update") ? (
          <Edit key={customer.id} customer={customer} edition={edition} />
        ) : (
          <NotAllowed
            title={`Edit ${customer.name}`}
            what="edit this customer"
            href={`#/customers/${customer.id}`}
            to={customer.name}
          />
        )
      }
    </Loading>
  );
}

interface Version {
  readonly customer: Customer;
  readonly edition: string;
}

function Edit(latest: Version) {
  // The customer at the time the form was opened: a newer edition must not replace the input. The API refuses to overwrite it.
  const [opened, setOpened] = useState(latest);
  const { id } = latest.customer;
  const before = fieldsOf(opened.customer);
  const theirs = fieldsOf(latest.customer);
  const api = useApi();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const messages = useMessages();
  const save = useMutation({
    mutationFn: async ({ fields, over }: { fields: Fields; over: Version }) => {
      const params = { path: { customer_id: id }, header: { "If-Match": over.edition } };
      const wanted = merged(before, fieldsOf(over.customer), fields);
      return body(await api.PATCH("/v1/customers/{customer_id}", { params, body: changed(over.customer, wanted) }));
    },
    onSuccess: (after) => {
      messages.done(`${after.name} was saved.`, after.warnings);
      void queries.invalidateQueries();
      void navigate(`/customers/${id}`, SAVED);
    },
    onError: (error) => (isConflict(error) ? queries.invalidateQueries({ queryKey: ["customer", id] }) : undefined),
  });
  const mine = save.variables?.fields;
  const isOvertaken = isConflict(save.error) && latest.edition !== opened.edition;
  return (
    <>
      <CustomerForm
        key={opened.edition}
        title={`Edit ${opened.customer.name}`}
        action="Save"
        customer={opened.customer}
        isBusy={save.isPending}
        error={isOvertaken ? undefined : save.error}
        onSave={(fields) => save.mutate({ fields, over: opened })}
        onCancel={() => void navigate(`/customers/${id}`)}
      />
      {isOvertaken && mine && (
        <Conflict
          differences={differences(before, theirs, mine)}
          isBusy={save.isPending}
          onLoad={() => {
            setOpened(latest);
            save.reset();
          }}
          onSave={() => save.mutate({ fields: mine, over: latest })}
          onClose={() => save.reset()}
        />
      )}
    </>
  );
}

/** Somebody else changed it since it was read. */
function isConflict(error: unknown): boolean {
  return error instanceof Problem && error.slug === "precondition-failed";
}
