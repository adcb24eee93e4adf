// The grants on one customer, or on every customer, for super admins.

import Button from "@cloudscape-design/components/button";
import Header from "@cloudscape-design/components/header";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { useApi } from "../api/context";
import { Refused } from "../components/Fallback";
import { GrantDialog } from "./GrantDialog";
import { grantsOf } from "./grantsOf";
import { GrantsTable } from "./GrantsTable";

export function Grants({ customerId }: { customerId: string }) {
  const api = useApi();
  const [isGranting, setGranting] = useState(false);
  const grants = useQuery(grantsOf(api, customerId));
  if (grants.error) return <Refused error={grants.error} title="The grants could not be loaded" retry={grants.refetch} />;
  return (
    <>
      <GrantsTable
        grants={grants.data ?? []}
        isLoading={grants.isLoading}
        empty="Only super admins have access."
        header={
          <Header
            variant="h2"
            description="Super admins may do everything, and are not listed."
            actions={<Button onClick={() => setGranting(true)}>Grant</Button>}
          >
            Grants
          </Header>
        }
      />
      {isGranting && <GrantDialog customerId={customerId} close={() => setGranting(false)} />}
    </>
  );
}
