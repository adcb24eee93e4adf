// The part of the customer form about the connection: address and credentials, and their test. The stored secret is never
// shown; an empty field keeps it.

import Alert from "@cloudscape-design/components/alert";
import Checkbox from "@cloudscape-design/components/checkbox";
import Container from "@cloudscape-design/components/container";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import Input from "@cloudscape-design/components/input";
import SpaceBetween from "@cloudscape-design/components/space-between";

import type { Customer } from "../api/client";
import { HelpLink } from "../help/HelpLink";
import { age, useNow } from "../components/time";
import { BaseUrl } from "./BaseUrl";
import type { FieldErrors, Fields } from "./fields";
import { FindDataCenter } from "./FindDataCenter";
import { LABELS } from "./labels";
import { TestConnection } from "./TestConnection";
import type { useTestConnection } from "./useTestConnection";

interface Properties {
  readonly fields: Fields;
  readonly errors: FieldErrors;
  /** The customer to edit; undefined for a new one. */
  readonly customer: Customer | undefined;
  readonly test: ReturnType<typeof useTestConnection>;
  /** Zuora refused the credentials in the form, when they were tested or saved. */
  readonly isRefused: boolean;
  readonly set: (change: Partial<Fields>) => void;
}

export function ZuoraFields({ fields, errors, customer, test, isRefused, set }: Properties) {
  const now = useNow();
  const isNew = customer === undefined;
  const moves =
    customer !== undefined && (fields.baseUrl !== customer.zuora_base_url || fields.clientId !== customer.zuora_client_id);
  return (
    <Container
      header={
        <Header
          variant="h2"
          description="Credentials of an OAuth client in your Zuora tenant."
          info={<HelpLink section="obtaining-credentials-at-zuora" about="obtaining credentials at Zuora" />}
        >
          Zuora
        </Header>
      }
    >
      <SpaceBetween size="m">
        <BaseUrl value={fields.baseUrl} error={errors.baseUrl} onChange={set} isNew={isNew} />
        <FormField label={LABELS.zuora_client_id} errorText={errors.clientId}>
          <Input
            value={fields.clientId}
            onChange={({ detail }) => set({ clientId: detail.value })}
            autoComplete={false}
            spellcheck={false}
            ariaRequired
          />
        </FormField>
        <FormField label={LABELS.zuora_client_secret} description={secretHint(customer, moves)} errorText={errors.secret}>
          <Input
            type="password"
            value={fields.secret}
            placeholder={customer && `Set ${age(customer.zuora_client_secret.updated_at, now)}`}
            onChange={({ detail }) => set({ secret: detail.value })}
            autoComplete="new-password"
            ariaRequired={isNew || moves}
          />
        </FormField>
        <TestConnection fields={fields} test={test} />
        <FindDataCenter fields={fields} isRefused={isRefused} isNew={isNew} set={set} />
        <Checkbox checked={fields.verify} onChange={({ detail }) => set({ verify: detail.checked })}>
          Test new credentials before saving
        </Checkbox>
        {!fields.verify && (
          <Alert type="warning">Credentials are saved without a test. If they are wrong, the next sync fails.</Alert>
        )}
      </SpaceBetween>
    </Container>
  );
}

function secretHint(customer: Customer | undefined, moves: boolean): string {
  if (!customer) return "Encrypted before it is stored and never shown again.";
  if (moves) return "Enter it again: a secret is only ever used for the base URL and the client ID it was entered for.";
  const due = customer.zuora_client_secret.rotation_due ? " It is more than six months old. Replace it." : "";
  return `Leave empty to keep the current secret.${due}`;
}
