// Says that a rule's findings in a workflow are meant to be so, with a reason and perhaps an end.

import DateInput from "@cloudscape-design/components/date-input";
import FormField from "@cloudscape-design/components/form-field";
import Textarea from "@cloudscape-design/components/textarea";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import type { WorkflowFinding } from "../api/client";
import { useApi } from "../api/context";
import { fieldError } from "../api/problem";
import { Confirm } from "../components/Confirm";
import { useMessages } from "../components/messages";
import { zone } from "../components/moments";
import type { Ids } from "../workflows/definition";
import { untilOf } from "./until";
import { findingsChanged } from "./useFindings";
import { ruleInWords } from "./words";

const LONGEST_REASON = 500;

interface Properties {
  readonly path: Ids;
  readonly finding: WorkflowFinding;
  readonly close: () => void;
}

export function Suppress({ path, finding: { rule }, close }: Properties) {
  const api = useApi();
  const queries = useQueryClient();
  const messages = useMessages();
  const [reason, setReason] = useState("");
  const [date, setDate] = useState("");
  const [wasTried, setTried] = useState(false);
  const { until, error: dateError } = untilOf(date, new Date());
  const reasonError = reason.trim() === "" ? "Enter a reason: others will read it." : undefined;
  const suppression = useMutation({
    mutationFn: async () =>
      api.PUT("/v1/customers/{customer_id}/workflows/{workflow_id}/findings/{rule}/suppression", {
        params: { path: { ...path, rule } },
        body: { reason: reason.trim(), until },
      }),
    onSuccess: () => {
      messages.done(`${rule} is suppressed in this workflow.`);
      findingsChanged(queries, path);
      close();
    },
  });
  return (
    <Confirm
      title={`Suppress ${rule} in this workflow?`}
      action="Suppress"
      isBusy={suppression.isPending}
      error={suppression.error}
      onConfirm={() => {
        setTried(true);
        if (!reasonError && !dateError) suppression.mutate();
      }}
      onClose={close}
    >
      <div>
        {ruleInWords(rule)}: all findings of this rule are then shown as meant to be so, and left out of the list over all
        customers. Other workflows are not concerned. The audit keeps who said so.
      </div>
      <FormField
        label="Reason"
        constraintText={`At most ${LONGEST_REASON} characters. No credentials: everybody who may view the customer reads it.`}
        errorText={fieldError(suppression.error, "/reason") ?? (wasTried ? reasonError : undefined)}
      >
        <Textarea value={reason} rows={3} onChange={({ detail }) => setReason(detail.value.slice(0, LONGEST_REASON))} />
      </FormField>
      <FormField
        label={
          <>
            Until <i>- optional</i>
          </>
        }
        constraintText={`YYYY/MM/DD, your time (${zone(new Date())}). On that day the findings are open again.`}
        errorText={fieldError(suppression.error, "/until") ?? (wasTried ? dateError : undefined)}
      >
        <DateInput value={date} placeholder="YYYY/MM/DD" onChange={({ detail }) => setDate(detail.value)} />
      </FormField>
    </Confirm>
  );
}
