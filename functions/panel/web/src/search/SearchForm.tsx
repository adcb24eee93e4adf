import Button from "@cloudscape-design/components/button";
import ColumnLayout from "@cloudscape-design/components/column-layout";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import Select from "@cloudscape-design/components/select";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";

import type { SearchKind } from "../api/client";
import { CustomerPicker } from "../components/CustomerPicker";
import { labelled } from "../components/filter";
import { KINDS, type Asked } from "./asked";

/** Asks at once when something is chosen; a text is asked for with Enter or the button. */
export function SearchForm({ asked, ask }: { asked: Asked; ask: (next: Asked) => void }) {
  const [text, setText] = useState(asked.q);
  const [last, setLast] = useState(asked.q);
  // Something else was asked for from elsewhere.
  if (last !== asked.q) {
    setLast(asked.q);
    setText(asked.q);
  }
  const now = { ...asked, q: text.trim() };
  return (
    <form
      role="search"
      aria-label="Search in definitions"
      onSubmit={(event) => {
        event.preventDefault();
        ask(now);
      }}
    >
      <SpaceBetween size="s">
        <ColumnLayout columns={3}>
          <FormField label="Search for">
            <Input type="search" value={text} clearAriaLabel="Clear" onChange={({ detail }) => setText(detail.value)} />
          </FormField>
          <FormField label="Where">
            <Select
              options={labelled(KINDS)}
              selectedOption={{ value: asked.kind, label: KINDS[asked.kind] }}
              onChange={({ detail }) => ask({ ...now, kind: detail.selectedOption.value as SearchKind })}
            />
          </FormField>
          <FormField label="Customer">
            <CustomerPicker
              value={asked.customerId}
              none="All customers"
              onChange={(customerId) => ask({ ...now, customerId })}
            />
          </FormField>
        </ColumnLayout>
        <Button variant="primary" iconName="search">
          Search
        </Button>
      </SpaceBetween>
    </form>
  );
}
