// The filters of the audit: customer, person, action, outcome and time, each a choice; nothing typed is taken for an id.

import ColumnLayout from "@cloudscape-design/components/column-layout";
import FormField from "@cloudscape-design/components/form-field";
import Select from "@cloudscape-design/components/select";
import { useSearchParams } from "react-router";

import { CustomerPicker } from "../components/CustomerPicker";
import { useFilterValues } from "../components/Filters";
import { replaced } from "../components/filter";
import { PeriodPicker } from "./PeriodPicker";
import { PersonPicker } from "./PersonPicker";
import { FILTERS, OUTCOMES } from "./query";
import { ACTIONS } from "./words";

/** `isOfCustomer`: the page is about one customer. */
export function AuditFilters({ isOfCustomer }: { isOfCustomer: boolean }) {
  const [, setParameters] = useSearchParams();
  const values = useFilterValues(FILTERS);
  const set = (changes: Readonly<Record<string, string>>) => {
    const wanted = Object.fromEntries(Object.entries({ ...values, ...changes }).filter(([, value]) => value !== ""));
    setParameters((current) => replaced(current, FILTERS, wanted), { replace: true });
  };
  return (
    <ColumnLayout columns={isOfCustomer ? 4 : 5} minColumnWidth={130}>
      {!isOfCustomer && (
        <FormField label="Customer">
          <CustomerPicker value={values.customer_id ?? ""} onChange={(id) => set({ customer_id: id })} none="Any" />
        </FormField>
      )}
      <FormField label="Person">
        <PersonPicker value={values.actor ?? ""} onChange={(id) => set({ actor: id })} />
      </FormField>
      <FormField label="Action">
        <Choice labels={ACTIONS} value={values.action ?? ""} onChange={(action) => set({ action })} />
      </FormField>
      <FormField label="Outcome">
        <Choice labels={OUTCOMES} value={values.outcome ?? ""} onChange={(outcome) => set({ outcome })} />
      </FormField>
      <FormField label="Time">
        <PeriodPicker values={values} onChange={set} />
      </FormField>
    </ColumnLayout>
  );
}

interface ChoiceProperties {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: string;
  readonly onChange: (value: string) => void;
}

function Choice({ labels, value, onChange }: ChoiceProperties) {
  const options = [{ value: "", label: "Any" }, ...Object.entries(labels).map(([key, label]) => ({ value: key, label }))];
  return (
    <Select
      expandToViewport
      options={options}
      selectedOption={options.find((option) => option.value === value) ?? null}
      onChange={({ detail }) => onChange(detail.selectedOption.value ?? "")}
    />
  );
}
