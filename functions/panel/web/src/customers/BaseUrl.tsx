// The base URL of a customer form: a preset, another data center, or a custom address.

import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import Select from "@cloudscape-design/components/select";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";

import type { ZuoraHost } from "../api/client";
import { HelpLink } from "../help/HelpLink";
import { choice, dataCenters } from "./address";
import { BrowserAddress } from "./BrowserAddress";
import type { Fields } from "./fields";
import { LABELS } from "./labels";
import { useZuoraHosts } from "./useZuoraHosts";

const CUSTOM = "custom";

interface Properties {
  readonly value: string;
  readonly error: string | undefined;
  readonly isNew: boolean;
  readonly onChange: (change: Partial<Fields>) => void;
}

export function BaseUrl({ value, error, isNew, onChange }: Properties) {
  const hosts = useZuoraHosts();
  const [isCustom, setCustom] = useState(false);
  const listed = hosts.data?.items ?? [];
  const known = listed.map(optionOf);
  const other = { value: CUSTOM, label: "Another address" };
  const candidates = dataCenters(value, listed);
  const choose = (baseUrl: string) => {
    setCustom(false);
    onChange(choice(baseUrl, listed, isNew));
  };
  const selected = isCustom ? other : (known.find((option) => option.value === value) ?? (value ? other : null));
  return (
    <SpaceBetween size="m">
      <FormField
        label={LABELS.zuora_base_url}
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
            if (chosen === CUSTOM) setCustom(true);
            else choose(chosen);
          }}
        />
      </FormField>
      {selected === other && (
        <FormField
          label="Address"
          description="https:// and a Zuora host name, or what the browser shows when you are signed in to Zuora."
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
      {selected === other && candidates.length > 0 && <BrowserAddress dataCenters={candidates} choose={choose} />}
    </SpaceBetween>
  );
}

function optionOf(host: ZuoraHost) {
  return { value: host.base_url, label: host.label, description: host.base_url, preset: host.preset };
}
