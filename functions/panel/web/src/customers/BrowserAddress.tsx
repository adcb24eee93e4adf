// Beside an address that is the browser's: the REST address that belongs to it.

import Alert from "@cloudscape-design/components/alert";
import Button from "@cloudscape-design/components/button";
import FormField from "@cloudscape-design/components/form-field";
import Select from "@cloudscape-design/components/select";

import type { ZuoraHost } from "../api/client";

interface Properties {
  /** The data centers that the address may belong to, one at least. */
  readonly dataCenters: readonly ZuoraHost[];
  readonly choose: (baseUrl: string) => void;
}

/** Proposes the REST address, or asks for the data center where the address does not show it. */
export function BrowserAddress({ dataCenters, choose }: Properties) {
  const [only, ...others] = dataCenters;
  if (only && others.length === 0) {
    return (
      <Alert
        type="info"
        action={
          <Button formAction="none" onClick={() => choose(only.base_url)}>
            Use {only.base_url}
          </Button>
        }
      >
        This is the browser's address of {only.label}. The API of the same data center is at {only.base_url}.
      </Alert>
    );
  }
  return (
    <FormField label="Data center" description="This is an address for the browser, and does not show which data center it is.">
      <Select
        selectedOption={null}
        placeholder="Choose the data center"
        options={dataCenters.map(({ base_url, label }) => ({ value: base_url, label, description: base_url }))}
        onChange={({ detail }) => choose(detail.selectedOption.value ?? "")}
      />
    </FormField>
  );
}
