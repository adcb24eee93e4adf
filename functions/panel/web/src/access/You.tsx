// The caller: who they are, and what they may do where.

import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Table from "@cloudscape-design/components/table";

import type { Me } from "../api/client";
import { CustomerName } from "../components/CustomerName";
import { Copyable } from "../components/Copyable";
import { verbsInWords } from "./roles";

/** Customers shown of somebody who may see many. */
const MOST = 50;

export function You({ me }: { me: Me }) {
  return (
    <Container header={<Header variant="h2">You</Header>}>
      <SpaceBetween size="l">
        <KeyValuePairs
          columns={3}
          minColumnWidth={220}
          items={[
            {
              label: "E-mail address",
              value: me.email ? <Copyable text={me.email} what="your e-mail address" /> : "None is verified",
            },
            { label: "User ID", value: <Copyable text={me.user} what="your user ID" /> },
            {
              label: "On every customer",
              value: me.super_admin ? "Full access (super admin)" : verbsInWords(me.verbs) || "Nothing",
            },
          ]}
        />
        {me.customers.length > 0 && (
          <Table
            variant="embedded"
            wrapLines
            items={me.customers.slice(0, MOST)}
            trackBy="customer_id"
            footer={me.customers.length > MOST && `and ${(me.customers.length - MOST).toLocaleString("en")} more customers`}
            columnDefinitions={[
              {
                id: "customer",
                header: "Customer",
                isRowHeader: true,
                minWidth: 160,
                cell: ({ customer_id }) => <CustomerName id={customer_id} isOneOfMany />,
              },
              { id: "verbs", header: "You may", minWidth: 200, cell: ({ verbs }) => verbsInWords(verbs) },
            ]}
          />
        )}
      </SpaceBetween>
    </Container>
  );
}
