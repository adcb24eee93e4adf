// Grants, one on a line: who, on what, which role, by whom and when.

import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Table from "@cloudscape-design/components/table";
import { useState, type ReactNode } from "react";

import type { Grant } from "../api/client";
import { CustomerName } from "../components/CustomerName";
import { CutsContext } from "../components/Cut";
import { Age } from "../components/time";
import { Person } from "./Person";
import { RevokeDialog } from "./RevokeDialog";
import { ALL, inWords } from "./roles";

interface Properties {
  readonly grants: readonly Grant[];
  /** Also tells on which customer each is. */
  readonly isOfMany?: boolean;
  readonly isLoading: boolean;
  readonly header: ReactNode;
  readonly filter?: ReactNode;
  readonly empty: ReactNode;
}

export function GrantsTable({ grants, isOfMany = false, isLoading, header, filter, empty }: Properties) {
  const [revoked, setRevoked] = useState<Grant>();
  return (
    <>
      <Table<Grant>
        header={header}
        filter={filter}
        items={grants}
        trackBy={({ customer_id, user }) => `${customer_id ?? ALL} ${user}`}
        loading={isLoading}
        loadingText="Loading"
        empty={<Box textAlign="center">{empty}</Box>}
        wrapLines
        columnDefinitions={[
          {
            id: "user",
            header: "User",
            isRowHeader: true,
            minWidth: 160,
            maxWidth: 220,
            cell: ({ user, email }) => <Person id={user} email={email} />,
          },
          ...(isOfMany
            ? [
                {
                  id: "customer",
                  header: "On",
                  minWidth: 120,
                  maxWidth: 180,
                  cell: ({ customer_id }: Grant) =>
                    customer_id ? (
                      <CutsContext value>
                        <CustomerName id={customer_id} isOneOfMany />
                      </CutsContext>
                    ) : (
                      <b>Every customer</b>
                    ),
                },
              ]
            : []),
          { id: "role", header: "Role or permissions", minWidth: 200, cell: inWords },
          { id: "granted_at", header: "Granted", minWidth: 110, cell: ({ granted_at }) => <Age at={granted_at} /> },
          {
            id: "granted_by",
            header: "Granted by",
            minWidth: 130,
            maxWidth: 160,
            cell: ({ granted_by, granted_by_email }) => granted_by_email ?? granted_by,
          },
          {
            id: "actions",
            header: "Actions",
            minWidth: 90,
            cell: (grant) => (
              <Button
                variant="inline-link"
                ariaLabel={`Revoke from ${grant.email ?? grant.user}`}
                onClick={() => setRevoked(grant)}
              >
                Revoke
              </Button>
            ),
          },
        ]}
      />
      {revoked && <RevokeDialog grant={revoked} close={() => setRevoked(undefined)} />}
    </>
  );
}
