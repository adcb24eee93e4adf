// The caller's own permissions; for super admins also the grants of all users.

import Container from "@cloudscape-design/components/container";
import ContentLayout from "@cloudscape-design/components/content-layout";
import CopyToClipboard from "@cloudscape-design/components/copy-to-clipboard";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import Select from "@cloudscape-design/components/select";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";

import { useMe } from "../api/context";
import { useCustomerOptions } from "../api/queries";
import { CustomerName } from "../components/CustomerName";
import { Loading } from "../components/Fallback";
import { useTitle } from "../components/title";
import { ALL, Grants } from "./Grants";

export function AccessPage() {
  useTitle("Access");
  const me = useMe();
  return (
    <ContentLayout header={<Header variant="h1">Access</Header>}>
      <Loading of={me}>
        {(caller) => (
          <SpaceBetween size="l">
            <Container header={<Header variant="h2">You</Header>}>
              <KeyValuePairs
                columns={2}
                items={[
                  {
                    label: "Your user ID (give it to an administrator to get access)",
                    value: (
                      <CopyToClipboard
                        variant="inline"
                        copyButtonAriaLabel="Copy your user ID"
                        textToCopy={caller.user}
                        copySuccessText="Copied"
                        copyErrorText="Could not be copied"
                      />
                    ),
                  },
                  {
                    label: "All customers",
                    value: caller.super_admin ? "Full access (super admin)" : caller.verbs.join(", ") || "None",
                  },
                  ...caller.customers.map(({ customer_id, verbs }) => ({
                    label: "Customer",
                    value: (
                      <>
                        <CustomerName id={customer_id} isOneOfMany />: {verbs.join(", ")}
                      </>
                    ),
                  })),
                ]}
              />
            </Container>
            {caller.actions.includes("grant") && <Choice />}
          </SpaceBetween>
        )}
      </Loading>
    </ContentLayout>
  );
}

/** Grants for one customer, or for all, by choice. */
function Choice() {
  const [customer, setCustomer] = useState(ALL);
  const options = [{ value: ALL, label: "All customers" }, ...useCustomerOptions()];
  return (
    <SpaceBetween size="m">
      <FormField label="Grants for">
        <Select
          filteringType="auto"
          options={options}
          selectedOption={options.find(({ value }) => value === customer) ?? null}
          onChange={({ detail }) => setCustomer(detail.selectedOption.value ?? ALL)}
        />
      </FormField>
      <Grants customerId={customer} />
    </SpaceBetween>
  );
}
