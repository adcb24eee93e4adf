// The part of the customer form about the customer itself: its name, its syncs, and what people note about it.

import Box from "@cloudscape-design/components/box";
import Container from "@cloudscape-design/components/container";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import Input from "@cloudscape-design/components/input";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Textarea from "@cloudscape-design/components/textarea";

import { Choice } from "./Choice";
import { ENVIRONMENTS, FREQUENCIES, type FieldErrors, type Fields } from "./fields";
import { LABELS } from "./labels";
import { TagsField } from "./TagsField";
import { useZuoraHosts } from "./useZuoraHosts";

interface Properties {
  readonly fields: Fields;
  readonly errors: FieldErrors;
  readonly isNew: boolean;
  readonly set: (change: Partial<Fields>) => void;
}

export function SettingsFields({ fields, errors, isNew, set }: Properties) {
  const environments = useZuoraHosts().data?.environments ?? [];
  const recommendedFor = (wanted: Fields["environment"]) =>
    environments.find(({ environment }) => environment === wanted)?.recommended_frequency;
  const recommended = recommendedFor(fields.environment);
  return (
    <Container header={<Header variant="h2">Customer</Header>}>
      <SpaceBetween size="m">
        <FormField
          label={LABELS.name}
          description="Customer organization name, such as “Acme Corporation”."
          errorText={errors.name}
        >
          <Input value={fields.name} onChange={({ detail }) => set({ name: detail.value })} ariaRequired />
        </FormField>
        <FormField label={LABELS.environment} errorText={errors.environment}>
          <Choice
            options={ENVIRONMENTS}
            value={fields.environment}
            onChange={(environment) =>
              set(isNew ? { environment, frequency: recommendedFor(environment) ?? fields.frequency } : { environment })
            }
          />
        </FormField>
        <FormField
          label={LABELS.sync_frequency}
          description={recommended && `Recommended for this environment: ${FREQUENCIES[recommended].toLowerCase()}.`}
          errorText={errors.frequency}
        >
          <Choice options={FREQUENCIES} value={fields.frequency} onChange={(frequency) => set({ frequency })} />
        </FormField>
        <Guard fields={fields} errors={errors} set={set} />
        <TagsField tags={fields.tags} error={errors.tags} onChange={(tags) => set({ tags })} />
        <FormField label={LABELS.owner} description="Who looks after this customer." errorText={errors.owner}>
          <Input value={fields.owner} onChange={({ detail }) => set({ owner: detail.value })} />
        </FormField>
        <FormField label={LABELS.notes} errorText={errors.notes}>
          <Textarea value={fields.notes} rows={3} onChange={({ detail }) => set({ notes: detail.value })} />
        </FormField>
      </SpaceBetween>
    </Container>
  );
}

/** The limits of the delete guard as one sentence. */
function Guard({ fields, errors, set }: Pick<Properties, "fields" | "errors" | "set">) {
  return (
    <FormField
      label={LABELS.delete_guard}
      description="Within 24 hours, in one sync or several; the larger of the two counts. Half of the workflows or more (at least two) always need approval. Held deletions wait until somebody approves them."
      errorText={[errors.guardCount, errors.guardPercent].filter(Boolean).join(" ") || undefined}
    >
      <SpaceBetween direction="horizontal" size="xs" alignItems="center">
        <Input
          type="number"
          ariaLabel={LABELS["delete_guard.count"]}
          value={fields.guardCount}
          invalid={errors.guardCount !== undefined}
          onChange={({ detail }) => set({ guardCount: detail.value })}
        />
        <Box>workflows or</Box>
        <Input
          type="number"
          ariaLabel={LABELS["delete_guard.percent"]}
          value={fields.guardPercent}
          invalid={errors.guardPercent !== undefined}
          onChange={({ detail }) => set({ guardPercent: detail.value })}
        />
        <Box>%</Box>
      </SpaceBetween>
    </FormField>
  );
}
