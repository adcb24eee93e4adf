import { useMutation, useQueryClient } from "@tanstack/react-query";

import type { WorkflowFinding } from "../api/client";
import { useApi } from "../api/context";
import { Confirm } from "../components/Confirm";
import { useMessages } from "../components/messages";
import type { Ids } from "../workflows/definition";
import { findingsChanged } from "./useFindings";
import { ruleInWords, suppressionInWords } from "./words";

/** Ends the suppression of a rule in a workflow. */
export function TakeBack({ path, finding, close }: { path: Ids; finding: WorkflowFinding; close: () => void }) {
  const { rule } = finding;
  const api = useApi();
  const queries = useQueryClient();
  const messages = useMessages();
  const end = useMutation({
    mutationFn: async () =>
      api.DELETE("/v1/customers/{customer_id}/workflows/{workflow_id}/findings/{rule}/suppression", {
        params: { path: { ...path, rule } },
      }),
    onSuccess: () => {
      messages.done(`${rule} is no longer suppressed in this workflow.`);
      findingsChanged(queries, path);
      close();
    },
  });
  return (
    <Confirm
      title="Take the suppression back?"
      action="Take back"
      isBusy={end.isPending}
      error={end.error}
      onConfirm={() => end.mutate()}
      onClose={close}
    >
      <div>{ruleInWords(rule)}: its findings in this workflow are open again.</div>
      <div>{suppressionInWords(finding)}</div>
    </Confirm>
  );
}
