// Grants for a customer, for super admins: list, grant, revoke.

import Alert from "@cloudscape-design/components/alert";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import Input from "@cloudscape-design/components/input";
import Multiselect from "@cloudscape-design/components/multiselect";
import Table from "@cloudscape-design/components/table";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { body, type Grant, type Verb } from "../api/client";
import { useApi } from "../api/context";
import { fieldError } from "../api/problem";
import { Confirm } from "../components/Confirm";
import { useMessages } from "../components/messages";
import { Loading } from "../components/Fallback";
import { Age } from "../components/time";
import { isUserId } from "./userId";

/** In place of a customer's id: all customers. */
export const ALL = "all";
/** Description of every verb. */
const VERBS: Record<Verb, string> = {
  view_any: "See it in lists",
  view: "View all details",
  create: "Create customers",
  update: "Edit, pause and resume",
  delete: "Delete",
  sync: "Sync, retry and cancel",
  approve: "Approve held deletions",
};

/** The grants for a customer. */
export function Grants({ customerId: customer }: { customerId: string }) {
  const api = useApi();
  const [revoked, setRevoked] = useState<Grant>();
  const [isGranting, setGranting] = useState(false);
  const grants = useQuery({
    queryKey: ["grants", customer],
    queryFn: async () =>
      body(await api.GET("/v1/customers/{customer_id}/grants", { params: { path: { customer_id: customer } } })).items,
  });
  return (
    <>
      <Container
        header={
          <Header variant="h2" actions={<Button onClick={() => setGranting(true)}>Grant</Button>}>
            Grants
          </Header>
        }
      >
        <Loading of={grants}>
          {(items) => (
            <Table
              variant="embedded"
              items={items}
              trackBy="user"
              empty="Only super admins have access."
              columnDefinitions={[
                { id: "user", header: "User", isRowHeader: true, cell: (grant) => grant.user },
                { id: "verbs", header: "Permissions", cell: (grant) => grant.verbs.join(", ") },
                { id: "granted_at", header: "Granted", cell: (grant) => <Age at={grant.granted_at} /> },
                { id: "granted_by", header: "Granted by", cell: (grant) => grant.granted_by },
                {
                  id: "actions",
                  header: "Actions",
                  cell: (grant) => (
                    <Button variant="inline-link" onClick={() => setRevoked(grant)} ariaLabel={`Revoke from ${grant.user}`}>
                      Revoke
                    </Button>
                  ),
                },
              ]}
            />
          )}
        </Loading>
      </Container>
      {isGranting && <GrantTo customer={customer} close={() => setGranting(false)} />}
      {revoked && <Revoke customer={customer} grant={revoked} close={() => setRevoked(undefined)} />}
    </>
  );
}

function GrantTo({ customer, close }: { customer: string; close: () => void }) {
  const api = useApi();
  const queries = useQueryClient();
  const messages = useMessages();
  const [user, setUser] = useState("");
  const [verbs, setVerbs] = useState<readonly Verb[]>(["view"]);
  const options = (Object.keys(VERBS) as Verb[])
    .filter((verb) => verb !== "create" || customer === ALL)
    .map((verb) => ({ value: verb, label: verb, description: VERBS[verb] }));
  const grant = useMutation({
    mutationFn: async () =>
      body(
        await api.PUT("/v1/customers/{customer_id}/grants/{user}", {
          params: { path: { customer_id: customer, user } },
          body: { verbs: [...verbs] },
        }),
      ),
    onSuccess: () => {
      messages.done("Access granted.");
      void queries.invalidateQueries();
      close();
    },
  });
  return (
    <Confirm
      title="Grant access"
      action="Grant"
      isBusy={grant.isPending}
      isAllowed={isUserId(user) && verbs.length > 0}
      error={grant.error}
      onConfirm={() => grant.mutate()}
      onClose={close}
    >
      <FormField
        label="User ID"
        description="Shown to the user on the Access page. Replaces any earlier grant."
        errorText={
          user !== "" && !isUserId(user) ? "Enter the user ID as the Access page shows it." : fieldError(grant.error, "/user")
        }
      >
        <Input value={user} onChange={({ detail }) => setUser(detail.value.trim())} />
      </FormField>
      <FormField label="Permissions" errorText={fieldError(grant.error, "/verbs")}>
        <Multiselect
          options={options}
          selectedOptions={options.filter(({ value }) => verbs.includes(value))}
          onChange={({ detail }) => setVerbs(detail.selectedOptions.map(({ value }) => value as Verb))}
        />
      </FormField>
      {customer === ALL && <Alert type="warning">This applies to all customers, including those created later.</Alert>}
    </Confirm>
  );
}

function Revoke({ customer, grant, close }: { customer: string; grant: Grant; close: () => void }) {
  const api = useApi();
  const queries = useQueryClient();
  const messages = useMessages();
  const revocation = useMutation({
    mutationFn: async () =>
      api.DELETE("/v1/customers/{customer_id}/grants/{user}", { params: { path: { customer_id: customer, user: grant.user } } }),
    onSuccess: () => {
      messages.done("Access revoked.");
      void queries.invalidateQueries();
      close();
    },
  });
  return (
    <Confirm
      title="Revoke access?"
      action="Revoke"
      isBusy={revocation.isPending}
      error={revocation.error}
      onConfirm={() => revocation.mutate()}
      onClose={close}
    >
      <div>
        {grant.user} will no longer be allowed to: {grant.verbs.join(", ")}.
      </div>
    </Confirm>
  );
}
