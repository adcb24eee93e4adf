// Who can see what: the grants on every customer and on single ones, by person or by customer.

import Alert from "@cloudscape-design/components/alert";
import Button from "@cloudscape-design/components/button";
import Header from "@cloudscape-design/components/header";
import SegmentedControl from "@cloudscape-design/components/segmented-control";
import SpaceBetween from "@cloudscape-design/components/space-between";
import TextFilter from "@cloudscape-design/components/text-filter";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import type { Grant } from "../api/client";
import { useApi } from "../api/context";
import { isGone } from "../api/problem";
import { useCustomers } from "../api/queries";
import { CustomerPicker } from "../components/CustomerPicker";
import { Refused } from "../components/Fallback";
import { arranged, type Order } from "./arranged";
import { GrantDialog } from "./GrantDialog";
import { ALL_GRANTS, grantsOf } from "./grantsOf";
import { GrantsTable } from "./GrantsTable";
import { ALL } from "./roles";

/** The grants of each customer are a request. */
const MOST_CUSTOMERS = 100;
const AT_ONCE = 5;

export function Everyone() {
  const [order, setOrder] = useState<Order>("person");
  const [customer, setCustomer] = useState("");
  const [text, setText] = useState("");
  const [isGranting, setGranting] = useState(false);
  const all = useAllGrants(customer);
  const names = new Map(useCustomers().data?.items.map(({ id, name }) => [id, name]));
  const shown = arranged(all.data?.grants ?? [], order, text, (id) => names.get(id) ?? id);
  return (
    <SpaceBetween size="m">
      {all.error ? <Refused error={all.error} title="The grants could not be loaded" retry={all.refetch} /> : null}
      {all.data?.isCut && (
        <Alert type="info">
          The grants on every customer and on the first {MOST_CUSTOMERS} customers by name are shown. Choose a customer to see its
          own.
        </Alert>
      )}
      <GrantsTable
        grants={shown}
        isOfMany
        isLoading={all.isPending && !all.error}
        empty={text ? "Nobody matches." : "Only super admins have access."}
        header={
          <Header
            variant="h2"
            description="Super admins may do everything, and are not listed."
            actions={<Button onClick={() => setGranting(true)}>Grant</Button>}
          >
            Who can see what
          </Header>
        }
        filter={
          <SpaceBetween direction="horizontal" size="s">
            <SegmentedControl
              label="Order"
              selectedId={order}
              options={[
                { id: "person", text: "By person" },
                { id: "customer", text: "By customer" },
              ]}
              onChange={({ detail }) => setOrder(detail.selectedId as Order)}
            />
            <CustomerPicker ariaLabel="Customer" value={customer} onChange={setCustomer} none="All customers" />
            <TextFilter
              filteringText={text}
              filteringAriaLabel="Filter by user"
              filteringPlaceholder="Filter by user"
              onChange={({ detail }) => setText(detail.filteringText)}
            />
          </SpaceBetween>
        }
      />
      {isGranting && <GrantDialog close={() => setGranting(false)} />}
    </SpaceBetween>
  );
}

/** A customer may be deleted after it was listed: nobody has access to it. */
function noneIfGone(error: unknown): Grant[] {
  if (isGone(error)) return [];
  throw error;
}

/** The grants that reach the customer, or those of the first customers by name; with those on every customer. */
function useAllGrants(customer: string) {
  const api = useApi();
  const queries = useQueryClient();
  const customers = useCustomers(customer === "");
  const ids = customer ? [customer] : customers.data?.items.map(({ id }) => id);
  return useQuery({
    queryKey: [ALL_GRANTS, customer],
    queryFn: async () => {
      const wanted = [ALL, ...(ids ?? []).slice(0, MOST_CUSTOMERS)];
      const grants: Grant[] = [];
      for (let begin = 0; begin < wanted.length; begin += AT_ONCE) {
        const some = wanted.slice(begin, begin + AT_ONCE).map((id) => queries.fetchQuery(grantsOf(api, id)).catch(noneIfGone));
        grants.push(...(await Promise.all(some)).flat());
      }
      return { grants, isCut: (ids ?? []).length > MOST_CUSTOMERS || customers.data?.isCut === true };
    },
    enabled: ids !== undefined,
    staleTime: 60_000,
  });
}
