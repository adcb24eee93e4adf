// The definitions that a workflow has and had, and two of them compared.

import Alert from "@cloudscape-design/components/alert";
import Container from "@cloudscape-design/components/container";
import FormField from "@cloudscape-design/components/form-field";
import ColumnLayout from "@cloudscape-design/components/column-layout";
import Select from "@cloudscape-design/components/select";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useQuery } from "@tanstack/react-query";
import { useSearchParams } from "react-router";

import { body, type StoredDefinition } from "../api/client";
import { collect } from "../api/collect";
import { useApi } from "../api/context";
import { Loading } from "../components/Fallback";
import type { Ids } from "../workflows/definition";
import { Compared } from "./Compared";
import { Definitions } from "./Definitions";
import { optionOf } from "./words";

export default function History({ path }: { path: Ids }) {
  const api = useApi();
  const found = useQuery({
    queryKey: ["definitions", path],
    queryFn: () =>
      collect<StoredDefinition>(async (query) =>
        body(await api.GET("/v1/customers/{customer_id}/workflows/{workflow_id}/definitions", { params: { path, query } })),
      ),
  });
  return (
    <Loading of={found}>
      {({ items }) => (
        <SpaceBetween size="l">
          <Comparison path={path} definitions={items} />
          <Definitions definitions={items} />
        </SpaceBetween>
      )}
    </Loading>
  );
}

/** The two that the address names; without any, the last that was replaced and the one in its place. */
function Comparison({ path, definitions }: { path: Ids; definitions: readonly StoredDefinition[] }) {
  const [parameters, setParameters] = useSearchParams();
  const to = parameters.get("to") ?? definitions[0]?.hash;
  const from = parameters.get("from") ?? definitions[definitions.findIndex(({ hash }) => hash === to) + 1]?.hash;
  if (!from || !to) {
    return <Alert type="info">There is nothing to compare yet: no other definition of this workflow is kept.</Alert>;
  }
  const choose = (chosen: { readonly from: string; readonly to: string }) =>
    setParameters((current) => new URLSearchParams({ ...Object.fromEntries(current), ...chosen }), { replace: true });
  return (
    <SpaceBetween size="l">
      <Container>
        <ColumnLayout columns={2}>
          <Picker label="From" hash={from} definitions={definitions} choose={(hash) => choose({ from: hash, to })} />
          <Picker label="To" hash={to} definitions={definitions} choose={(hash) => choose({ from, to: hash })} />
        </ColumnLayout>
      </Container>
      {from === to ? (
        <Alert type="info">Both are the same definition. Choose another one.</Alert>
      ) : (
        <Compared key={`${from} ${to}`} path={path} from={from} to={to} />
      )}
    </SpaceBetween>
  );
}

interface PickerProperties {
  readonly label: string;
  readonly hash: string;
  readonly definitions: readonly StoredDefinition[];
  readonly choose: (hash: string) => void;
}

function Picker({ label, hash, definitions, choose }: PickerProperties) {
  const options = definitions.map(optionOf);
  return (
    <FormField label={label}>
      <Select
        options={options}
        selectedOption={options.find(({ value }) => value === hash) ?? { value: hash, label: "A definition that is not listed" }}
        onChange={({ detail }) => choose(detail.selectedOption.value ?? hash)}
      />
    </FormField>
  );
}
