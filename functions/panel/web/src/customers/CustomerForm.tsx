// The form for a new or existing customer. The stored secret is never shown; an empty field keeps it.

import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Checkbox from "@cloudscape-design/components/checkbox";
import Container from "@cloudscape-design/components/container";
import Form from "@cloudscape-design/components/form";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import Input from "@cloudscape-design/components/input";
import Select from "@cloudscape-design/components/select";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { body, type Customer, type ZuoraHost } from "../api/client";
import { useApi } from "../api/context";
import { sentence } from "../api/problem";
import { HelpLink } from "../help/HelpLink";
import { age, useNow } from "../components/time";
import { useTitle } from "../components/title";
import { EMPTY, ENVIRONMENTS, fieldErrors, fieldsOf, isSame, type Fields } from "./fields";
import { TestConnection } from "./TestConnection";
import { useTestConnection } from "./useTestConnection";

const FREQUENCIES = { hourly: "Every hour", every_two_hours: "Every two hours", manual: "Manual only" } as const;
const CUSTOM = "custom";

interface Properties {
  readonly title: string;
  readonly action: string;
  /** The customer to edit; undefined for a new one. */
  readonly customer?: Customer;
  readonly isBusy: boolean;
  readonly error: unknown;
  readonly onSave: (fields: Fields) => void;
  readonly onCancel: () => void;
}

export function CustomerForm({ title, action, customer, isBusy, error, onSave, onCancel }: Properties) {
  useTitle(title);
  const [fields, setFields] = useState<Fields>(() => (customer ? fieldsOf(customer) : EMPTY));
  // The input that was sent last: its errors are shown until it is edited.
  const [sent, setSent] = useState<Fields>();
  const test = useTestConnection(fields);
  const errors = { ...fieldErrors(test.error, test.tested, fields), ...fieldErrors(error, sent, fields) };
  const set = (change: Partial<Fields>) => setFields((current) => ({ ...current, ...change }));
  const isNew = customer === undefined;
  const moves = customer !== undefined && fields.baseUrl !== customer.zuora_base_url;
  const environments = useZuoraHosts().data?.environments ?? [];
  const recommendedFor = (wanted: Fields["environment"]) =>
    environments.find(({ environment }) => environment === wanted)?.recommended_frequency;
  const recommended = recommendedFor(fields.environment);
  const now = useNow();
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        setSent(fields);
        onSave(fields);
      }}
    >
      <Form
        header={<Header variant="h1">{title}</Header>}
        errorText={error && sent && isSame(sent, fields) ? sentence(error) : undefined}
        actions={
          <SpaceBetween direction="horizontal" size="xs">
            <Button formAction="none" variant="link" onClick={onCancel}>
              Cancel
            </Button>
            <Button variant="primary" loading={isBusy}>
              {action}
            </Button>
          </SpaceBetween>
        }
      >
        <SpaceBetween size="l">
          <Container header={<Header variant="h2">Customer</Header>}>
            <SpaceBetween size="m">
              <FormField
                label="Name"
                description="Customer organization name, such as “Acme Corporation”."
                errorText={errors.name}
              >
                <Input value={fields.name} onChange={({ detail }) => set({ name: detail.value })} ariaRequired />
              </FormField>
              <FormField label="Environment" errorText={errors.environment}>
                <Choice
                  options={ENVIRONMENTS}
                  value={fields.environment}
                  onChange={(environment) =>
                    set(isNew ? { environment, frequency: recommendedFor(environment) ?? fields.frequency } : { environment })
                  }
                />
              </FormField>
              <FormField
                label="Sync frequency"
                description={recommended && `Recommended for this environment: ${FREQUENCIES[recommended].toLowerCase()}.`}
                errorText={errors.frequency}
              >
                <Choice options={FREQUENCIES} value={fields.frequency} onChange={(frequency) => set({ frequency })} />
              </FormField>
              <FormField
                label="Ask before deleting more than: workflows"
                description="Within 24 hours, in one sync or several, or the percentage below, whichever is more. Deleting half of the workflows or more (at least two) always needs approval. Held deletions wait until somebody approves them."
                errorText={errors.guardCount}
              >
                <Input type="number" value={fields.guardCount} onChange={({ detail }) => set({ guardCount: detail.value })} />
              </FormField>
              <FormField label="Ask before deleting more than: % of the workflows" errorText={errors.guardPercent}>
                <Input type="number" value={fields.guardPercent} onChange={({ detail }) => set({ guardPercent: detail.value })} />
              </FormField>
            </SpaceBetween>
          </Container>
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
              <FormField label="Zuora client ID" errorText={errors.clientId}>
                <Input
                  value={fields.clientId}
                  onChange={({ detail }) => set({ clientId: detail.value })}
                  autoComplete={false}
                  spellcheck={false}
                  ariaRequired
                />
              </FormField>
              <FormField label="Zuora client secret" description={secretHint(customer, moves)} errorText={errors.secret}>
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
              <Checkbox checked={fields.verify} onChange={({ detail }) => set({ verify: detail.checked })}>
                Test new credentials before saving
              </Checkbox>
              {!fields.verify && (
                <Alert type="warning">Credentials are saved without a test. If they are wrong, the next sync fails.</Alert>
              )}
            </SpaceBetween>
          </Container>
        </SpaceBetween>
      </Form>
    </form>
  );
}

function secretHint(customer: Customer | undefined, moves: boolean): string {
  if (!customer) return "Encrypted before it is stored and never shown again.";
  if (moves) return "Enter it again: a secret is only ever sent to the address it was entered for.";
  const due = customer.zuora_client_secret.rotation_due ? " It is more than six months old. Replace it." : "";
  return `Leave empty to keep the current secret.${due}`;
}

/** Zuora's base URLs, and the recommended frequency for each environment. */
function useZuoraHosts() {
  const api = useApi();
  return useQuery({
    queryKey: ["zuora-hosts"],
    queryFn: async () => body(await api.GET("/v1/zuora-hosts")),
    staleTime: Infinity,
  });
}

/** A preset, another data center, or a custom address. */
function BaseUrl({
  value,
  error,
  isNew,
  onChange,
}: {
  value: string;
  error: string | undefined;
  isNew: boolean;
  onChange: (change: Partial<Fields>) => void;
}) {
  const hosts = useZuoraHosts();
  const [isCustom, setCustom] = useState(false);
  const known = (hosts.data?.items ?? []).map(optionOf);
  const other = { value: CUSTOM, label: "Another address" };
  const selected = isCustom ? other : (known.find((option) => option.value === value) ?? (value ? other : null));
  return (
    <SpaceBetween size="m">
      <FormField
        label="Zuora base URL"
        description="Zuora API endpoint of the tenant."
        info={<HelpLink section="choosing-the-base-url" about="choosing the base URL" />}
        errorText={selected === other ? undefined : error}
      >
        <Select
          selectedOption={selected}
          placeholder="Choose an endpoint"
          statusType={hosts.isLoading ? "loading" : "finished"}
          filteringType="auto"
          options={[
            { label: "Common", options: known.filter((option) => option.preset) },
            { label: "All data centers", options: known.filter((option) => !option.preset) },
            other,
          ]}
          onChange={({ detail }) => {
            const chosen = detail.selectedOption.value ?? "";
            setCustom(chosen === CUSTOM);
            if (chosen === CUSTOM) return;
            const host = hosts.data?.items.find((one) => one.base_url === chosen);
            const suits = host && { environment: host.environment, frequency: host.recommended_frequency };
            onChange({ baseUrl: chosen, ...(isNew && suits) });
          }}
        />
      </FormField>
      {selected === other && (
        <FormField
          label="Address"
          description="https:// and a Zuora host name, or another host that this installation allows."
          errorText={error}
        >
          <Input
            value={value}
            placeholder="https://rest.zuora.com"
            onChange={({ detail }) => {
              setCustom(true);
              onChange({ baseUrl: detail.value });
            }}
          />
        </FormField>
      )}
    </SpaceBetween>
  );
}

function optionOf(host: ZuoraHost) {
  return { value: host.base_url, label: host.label, description: host.base_url, preset: host.preset };
}

function Choice<Key extends string>({
  options,
  value,
  onChange,
}: {
  options: Record<Key, string>;
  value: Key;
  onChange: (key: Key) => void;
}) {
  const list = (Object.keys(options) as Key[]).map((key) => ({ value: key, label: options[key] }));
  return (
    <Box>
      <Select
        selectedOption={list.find((option) => option.value === value) ?? null}
        options={list}
        onChange={({ detail }) => onChange(detail.selectedOption.value as Key)}
      />
    </Box>
  );
}
