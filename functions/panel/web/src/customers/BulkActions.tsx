// Does the same to all selected customers, and says what became of each.

import ButtonDropdown from "@cloudscape-design/components/button-dropdown";
import FormField from "@cloudscape-design/components/form-field";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { body, type BulkAction, type Customer } from "../api/client";
import { useApi } from "../api/context";
import { Confirm } from "../components/Confirm";
import { counted } from "../components/counted";
import { BULK } from "./bulk";
import { BulkResults } from "./BulkResults";
import { Choice } from "./Choice";
import { FREQUENCIES } from "./fields";

export function BulkActions({ selected }: { selected: readonly Customer[] }) {
  const [asked, setAsked] = useState<{ readonly action: BulkAction; readonly ids: readonly string[] }>();
  return (
    <>
      <ButtonDropdown
        disabled={selected.length === 0}
        disabledReason="Select customers first."
        items={Object.entries(BULK).map(([id, { text }]) => ({ id, text }))}
        onItemClick={({ detail }) => setAsked({ action: detail.id as BulkAction, ids: selected.map(({ id }) => id) })}
      >
        {selected.length > 0 ? `Actions (${selected.length})` : "Actions"}
      </ButtonDropdown>
      {asked && <Ask {...asked} close={() => setAsked(undefined)} />}
    </>
  );
}

interface Properties {
  readonly action: BulkAction;
  readonly ids: readonly string[];
  readonly close: () => void;
}

function Ask({ action, ids, close }: Properties) {
  const api = useApi();
  const queries = useQueryClient();
  const [frequency, setFrequency] = useState<Customer["sync_frequency"]>("hourly");
  const words = BULK[action];
  const change = useMutation({
    mutationFn: async () => {
      const only = action === "set_frequency" ? { sync_frequency: frequency } : {};
      return body(await api.POST("/v1/customers/bulk", { body: { action, customer_ids: [...ids], ...only } }));
    },
    onSettled: () => queries.invalidateQueries(),
  });
  if (change.data) return <BulkResults title={words.action} result={change.data} close={close} />;
  return (
    <Confirm
      title={words.question(counted(ids.length, "customer"))}
      action={words.action}
      isBusy={change.isPending}
      error={change.error}
      onConfirm={() => change.mutate()}
      onClose={close}
    >
      {action === "set_frequency" ? (
        <FormField label="Sync frequency">
          <Choice options={FREQUENCIES} value={frequency} onChange={setFrequency} />
        </FormField>
      ) : (
        words.effect
      )}
    </Confirm>
  );
}
