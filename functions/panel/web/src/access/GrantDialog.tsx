// Granting a user a role, or single permissions, on one customer or on every customer.

import Alert from "@cloudscape-design/components/alert";
import Autosuggest from "@cloudscape-design/components/autosuggest";
import FormField from "@cloudscape-design/components/form-field";
import Multiselect from "@cloudscape-design/components/multiselect";
import RadioGroup from "@cloudscape-design/components/radio-group";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { body, type Role, type Verb } from "../api/client";
import { useApi } from "../api/context";
import { fieldError, Problem } from "../api/problem";
import { Confirm } from "../components/Confirm";
import { CustomerPicker } from "../components/CustomerPicker";
import { useMessages } from "../components/messages";
import { ALL, CUSTOM, ROLES, VERBS } from "./roles";
import { isUserId } from "./userId";
import { useUsers } from "./useUsers";
import { grantsChanged } from "./grantsOf";

interface Properties {
  /** The customer if the page is about one; otherwise it is chosen here. */
  readonly customerId?: string | undefined;
  readonly close: () => void;
}

export function GrantDialog({ customerId, close }: Properties) {
  const api = useApi();
  const queries = useQueryClient();
  const messages = useMessages();
  const [text, setText] = useState("");
  const [chosen, setChosen] = useState("");
  const [role, setRole] = useState<Role | typeof CUSTOM>("viewer");
  const [verbs, setVerbs] = useState<readonly Verb[]>(["view"]);
  const users = useUsers(text.trim());
  const [isOnAll, setOnAll] = useState(false);
  const customer = customerId ?? (isOnAll ? ALL : chosen);
  const people = users.data ?? [];
  // A person without a verified address is known by the id, which the Access page shows them.
  const user =
    people.find(({ id, email }) => email === text || id === text)?.id ?? (isUserId(text.trim()) ? text.trim() : undefined);
  const grant = useMutation({
    mutationFn: async () =>
      body(
        await api.PUT("/v1/customers/{customer_id}/grants/{user}", {
          params: { path: { customer_id: customer, user: user ?? "" } },
          body: role === CUSTOM ? { verbs: [...verbs] } : { role },
        }),
      ),
    onSuccess: ({ email, user: id }) => {
      messages.done(`Access granted to ${email ?? id}.`);
      grantsChanged(queries);
      close();
    },
  });
  const noSuchUser = grant.error instanceof Problem && grant.error.slug === "not-found" && /user/.test(grant.error.message);
  return (
    <Confirm
      title="Grant access"
      action="Grant"
      isBusy={grant.isPending}
      isAllowed={user !== undefined && customer !== "" && (role !== CUSTOM || verbs.length > 0)}
      error={noSuchUser ? undefined : grant.error}
      onConfirm={() => grant.mutate()}
      onClose={close}
    >
      <FormField
        label="User"
        description="By e-mail address. Replaces what the user was granted there before."
        errorText={noSuchUser ? "No user of this installation has this ID." : fieldError(grant.error, "/user")}
      >
        <Autosuggest
          value={text}
          onChange={({ detail }) => {
            setText(detail.value);
            grant.reset();
          }}
          filteringType="manual"
          options={people.map(({ id, email, enabled }) => ({
            value: email ?? id,
            ...(!enabled && { description: "Cannot sign in", disabled: true }),
          }))}
          hideEnteredTextOption
          placeholder="Beginning of the address, or a user ID"
          statusType={users.isFetching ? "loading" : users.isError ? "error" : "finished"}
          loadingText="Searching"
          errorText="The users could not be loaded"
          empty="No user's address begins with this."
        />
      </FormField>
      {customerId === undefined && (
        <FormField label="On">
          <SpaceBetween size="xs">
            <RadioGroup
              value={isOnAll ? ALL : ""}
              onChange={({ detail }) => setOnAll(detail.value === ALL)}
              items={[
                { value: "", label: "One customer" },
                { value: ALL, label: "Every customer" },
              ]}
            />
            {!isOnAll && <CustomerPicker ariaLabel="Customer" value={chosen} onChange={setChosen} none="Choose a customer" />}
          </SpaceBetween>
        </FormField>
      )}
      {customer === ALL && <Alert type="warning">This includes all customers that are created later.</Alert>}
      <FormField label="Role" errorText={fieldError(grant.error, "/role")}>
        <RadioGroup
          value={role}
          onChange={({ detail }) => setRole(detail.value as Role | typeof CUSTOM)}
          items={[
            ...Object.entries(ROLES).map(([value, { label, sentence }]) => ({
              value,
              label,
              description: value === "admin" && customer === ALL ? `${sentence.slice(0, -1)}, and create customers.` : sentence,
            })),
            { value: CUSTOM, label: "Custom", description: "Single permissions." },
          ]}
        />
      </FormField>
      {role === CUSTOM && (
        <FormField label="Permissions" errorText={fieldError(grant.error, "/verbs")}>
          <Permissions verbs={verbs} isOnAll={customer === ALL} onChange={setVerbs} />
        </FormField>
      )}
    </Confirm>
  );
}

interface PermissionsProperties {
  readonly verbs: readonly Verb[];
  readonly isOnAll: boolean;
  readonly onChange: (verbs: readonly Verb[]) => void;
}

/** Nobody can create one customer that exists. */
function Permissions({ verbs, isOnAll, onChange }: PermissionsProperties) {
  const options = Object.entries(VERBS)
    .filter(([verb]) => verb !== "create" || isOnAll)
    .map(([value, label]) => ({ value, label }));
  return (
    <Multiselect
      options={options}
      selectedOptions={options.filter(({ value }) => verbs.includes(value as Verb))}
      onChange={({ detail }) => onChange(detail.selectedOptions.map(({ value }) => value as Verb))}
    />
  );
}
