// What needs a person at the top of a customer's page, worst first, each with the buttons that mend it.

import Alert from "@cloudscape-design/components/alert";
import Button from "@cloudscape-design/components/button";
import SpaceBetween from "@cloudscape-design/components/space-between";
import type { ReactNode } from "react";

import type { Customer } from "../api/client";
import { HealthAlert } from "./HealthAlert";
import { useTestAgain } from "./useTestAgain";

export function Banners({ customer, sync }: { customer: Customer; sync: () => void }) {
  const { connection, health, zuora_client_secret: secret } = customer;
  return (
    <>
      {health.remedy && <HealthAlert customer={customer} sync={sync} />}
      {connection.error && connection.error.message !== health.reason && (
        <Alert
          type="error"
          header={connection.error.message}
          action={
            <Buttons>
              <EditCredentials customer={customer} />
              <TestAgain customer={customer} />
            </Buttons>
          }
        >
          {connection.error.next_step}
        </Alert>
      )}
      {secret.rotation_due && (
        <Alert
          type="info"
          header="The client secret is more than six months old"
          action={<EditCredentials customer={customer} />}
        >
          Create another OAuth client at Zuora and save its ID and secret here.
        </Alert>
      )}
    </>
  );
}

function Buttons({ children }: { children: ReactNode }) {
  return (
    <SpaceBetween direction="horizontal" size="xs">
      {children}
    </SpaceBetween>
  );
}

function EditCredentials({ customer }: { customer: Customer }) {
  if (!customer.actions.includes("update")) return null;
  return <Button href={`#/customers/${customer.id}/edit`}>Edit credentials</Button>;
}

function TestAgain({ customer }: { customer: Customer }) {
  const test = useTestAgain(customer);
  if (!customer.actions.includes("test_connection")) return null;
  return (
    <Button loading={test.isPending} onClick={() => test.mutate()}>
      Test again
    </Button>
  );
}
