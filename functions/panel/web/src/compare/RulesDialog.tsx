// What differs between two customers on purpose: ignored fields, other names of the same things, linked workflows.

import Alert from "@cloudscape-design/components/alert";
import FormField from "@cloudscape-design/components/form-field";
import Textarea from "@cloudscape-design/components/textarea";
import { useState } from "react";

import { fieldError } from "../api/problem";
import { Confirm } from "../components/Confirm";
import { useCustomerName } from "../components/customerName";
import { useMessages } from "../components/messages";
import { fieldsOf, MAPS, readPairs, rulesOf } from "./rules";
import { useSaveRules, type Rules } from "./useRules";

const LABELS = { hosts: "Hosts", emails: "E-mail addresses", constants: "Global constants" } as const;
const EXAMPLES = {
  hosts: "api.example.com = api.test.example.com",
  emails: "billing@example.com = nobody@example.com",
  constants: "ErpKey = TestErpKey",
} as const;

/** `opened`: what was stored when the dialog was opened. Nothing newer is replaced unseen. */
export function RulesDialog({ opened, close }: { opened: Rules; close: () => void }) {
  const messages = useMessages();
  const of = useCustomerName(opened.holderId) ?? opened.holderId;
  const other = useCustomerName(opened.otherId) ?? opened.otherId;
  const current = opened.isOfOthers ? undefined : opened.rules;
  const [fields, setFields] = useState(() => fieldsOf(current));
  const save = useSaveRules(() => {
    messages.done("What differs on purpose was saved.");
    close();
  });
  const linksError = readPairs(fields.links).error;
  const errors = MAPS.map((name) => readPairs(fields[name]).error ?? fieldError(save.error, `/map/${name}`));
  // There are too many words in all.
  const tooMany = errors.every((error) => error === undefined) ? fieldError(save.error, "/map") : undefined;
  return (
    <Confirm
      title="What differs on purpose"
      action="Save"
      isBusy={save.isPending}
      isAllowed={[...MAPS, "links" as const].every((name) => readPairs(fields[name]).error === undefined)}
      error={save.error}
      onConfirm={() => save.mutate({ over: opened, rules: rulesOf(fields, opened.otherId) })}
      onClose={close}
    >
      {opened.isOfOthers && (
        <Alert type="warning">
          {of} is compared with another customer so far. A customer is compared with one: what is stored about these two will be
          replaced.
        </Alert>
      )}
      <div className="breaks">
        Comparisons of {of} and {other} leave out what is said here. In pairs, the left word is that of {of}, the right one that
        of {other}.
      </div>
      <FormField
        label="Ignored fields"
        description="A path in each line, as comparisons show it; all below it is ignored too."
        errorText={fieldError(save.error, "/ignore")}
      >
        <Textarea
          value={fields.ignore}
          placeholder="workflow.priority"
          rows={3}
          onChange={({ detail }) => setFields({ ...fields, ignore: detail.value })}
        />
      </FormField>
      {MAPS.map((name, at) => (
        <FormField
          key={name}
          label={LABELS[name]}
          description="A pair in each line."
          errorText={errors[at] ?? (at === 0 ? tooMany : undefined)}
        >
          <Textarea
            value={fields[name]}
            placeholder={EXAMPLES[name]}
            rows={2}
            onChange={({ detail }) => setFields({ ...fields, [name]: detail.value })}
          />
        </FormField>
      ))}
      <FormField
        label="Workflows that belong together"
        description="A pair of Zuora IDs in each line, where names do not tell."
        errorText={linksError ?? fieldError(save.error, "/links")}
      >
        <Textarea
          value={fields.links}
          placeholder="1201 = 48"
          rows={2}
          onChange={({ detail }) => setFields({ ...fields, links: detail.value })}
        />
      </FormField>
    </Confirm>
  );
}
