// The form for a new or existing customer: the connection first, then the settings.

import Button from "@cloudscape-design/components/button";
import Form from "@cloudscape-design/components/form";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";

import type { Customer } from "../api/client";
import { Problem, sentence } from "../api/problem";
import { useTitle } from "../components/title";
import { EMPTY, fieldErrors, fieldsOf, isSame, type Fields } from "./fields";
import { LeaveGuard } from "./LeaveGuard";
import { SettingsFields } from "./SettingsFields";
import { useTestConnection } from "./useTestConnection";
import { ZuoraFields } from "./ZuoraFields";

interface Properties {
  readonly title: string;
  readonly action: string;
  /** The customer to edit; undefined for a new one. */
  readonly customer?: Customer;
  readonly isBusy: boolean;
  readonly error: unknown;
  readonly onSave: (fields: Fields) => void;
  readonly onCancel: () => void;
}

export function CustomerForm({ title, action, customer, isBusy, error, onSave, onCancel }: Properties) {
  useTitle(title);
  const [initial] = useState<Fields>(() => (customer ? fieldsOf(customer) : EMPTY));
  const [fields, setFields] = useState(initial);
  // The input that was sent last: its errors are shown until it is edited.
  const [sent, setSent] = useState<Fields>();
  const test = useTestConnection(fields);
  // Saving tests the connection, too; of two results the later one is shown.
  const isTestedSince = test.isDone && error instanceof Problem && error.slug.startsWith("zuora-");
  const isCurrent = Boolean(error) && sent !== undefined && isSame(sent, fields) && !isTestedSince;
  const isRefused = [test.error, isCurrent ? error : null].some(isRefusalOfCredentials);
  const errors = { ...fieldErrors(test.error, test.tested, fields), ...fieldErrors(error, sent, fields) };
  const set = (change: Partial<Fields>) => setFields((current) => ({ ...current, ...change }));
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        test.forget();
        setSent(fields);
        onSave(fields);
      }}
    >
      <Form
        header={<Header variant="h1">{title}</Header>}
        errorText={isCurrent ? sentence(error) : undefined}
        actions={
          <SpaceBetween direction="horizontal" size="xs">
            <Button formAction="none" variant="link" onClick={onCancel}>
              Cancel
            </Button>
            <Button variant="primary" loading={isBusy}>
              {action}
            </Button>
          </SpaceBetween>
        }
      >
        <SpaceBetween size="l">
          <ZuoraFields fields={fields} errors={errors} customer={customer} test={test} isRefused={isRefused} set={set} />
          <SettingsFields fields={fields} errors={errors} isNew={customer === undefined} set={set} />
        </SpaceBetween>
      </Form>
      <LeaveGuard isDirty={!isSame(initial, fields)} />
    </form>
  );
}

function isRefusalOfCredentials(error: unknown): boolean {
  return error instanceof Problem && error.slug === "zuora-credentials-invalid";
}
