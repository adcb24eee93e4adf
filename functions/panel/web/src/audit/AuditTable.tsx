// The audit trail of one customer, or of all that the caller may see.

import "./audit.css";

import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import ExpandableSection from "@cloudscape-design/components/expandable-section";
import Header from "@cloudscape-design/components/header";
import Link from "@cloudscape-design/components/link";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { useMutation } from "@tanstack/react-query";

import { Person } from "../access/Person";
import type { AuditRecord } from "../api/client";
import { useApi } from "../api/context";
import { useFilterValues } from "../components/Filters";
import { useMessages } from "../components/messages";
import { NameLink } from "../components/NameLink";
import { ServerTable } from "../components/ServerTable";
import { Moment } from "../components/time";
import { AuditFilters } from "./AuditFilters";
import { auditPage, FILTERS, OUTCOMES } from "./query";
import { saveAudit } from "./save";
import { usePeople } from "./usePeople";
import { ACTIONS, changeInWords } from "./words";

export function AuditTable({ customerId, variant }: { customerId?: string; variant: "full-page" | "container" }) {
  const api = useApi();
  const of: Readonly<Record<string, string>> = customerId ? { customer_id: customerId } : {};
  return (
    <ServerTable<AuditRecord>
      name="audit"
      {...(customerId ? { of: customerId } : {})}
      variant={variant}
      header={
        <Header
          variant={customerId ? "h2" : "h1"}
          description="Every change and every refused attempt. Secret values are never recorded."
          actions={<Save of={of} />}
        >
          Audit
        </Header>
      }
      hidden={["request_id"]}
      phone={["at", "action", "outcome"]}
      isWrapped
      filters={FILTERS}
      filterBar={<AuditFilters isOfCustomer={customerId !== undefined} />}
      load={(query) => auditPage(api, { ...query, ...of })}
      trackBy={(record) => record.id}
      empty="No audit records yet."
      columns={[
        {
          id: "at",
          header: "When",
          isRowHeader: true,
          width: 150,
          cell: (record) => <When at={record.at} />,
        },
        {
          id: "actor",
          header: "Person",
          width: 160,
          cell: ({ actor, actor_email }) => <Person id={actor} email={actor_email} />,
        },
        { id: "action", header: "Action", width: 130, cell: (record) => ACTIONS[record.action] },
        ...(customerId
          ? []
          : [
              {
                id: "customer",
                header: "Customer",
                width: 150,
                cell: (record: AuditRecord) => <Customer of={record} />,
              },
            ]),
        { id: "changes", header: "What changed", width: 240, cell: (record) => <Changes record={record} /> },
        {
          id: "outcome",
          header: "Outcome",
          width: 120,
          cell: ({ outcome }) => (
            <StatusIndicator type={outcome === "done" ? "success" : "error"} wrapText={false}>
              {OUTCOMES[outcome]}
            </StatusIndicator>
          ),
        },
        { id: "request_id", header: "Request ID", cell: (record) => record.request_id },
      ]}
    />
  );
}

function When({ at }: { at: string }) {
  return (
    <div className="audit-when">
      <Moment at={at} />
    </div>
  );
}

function Customer({ of: { customer_id, customer_name } }: { of: AuditRecord }) {
  return customer_id ? <NameLink href={`#/customers/${customer_id}`} name={customer_name ?? customer_id} /> : "-";
}

function Changes({ record: { changes, job_id, user } }: { record: AuditRecord }) {
  const [first] = changes;
  const people = usePeople();
  return (
    <>
      {user && <div>User: {people.get(user) ?? user}</div>}
      {first && changes.length === 1 && <div>{changeInWords(first)}</div>}
      {changes.length > 1 && (
        <ExpandableSection variant="inline" headerText={`${changes.length} fields`}>
          {changes.map((change) => (
            <Box key={change.field}>{changeInWords(change)}</Box>
          ))}
        </ExpandableSection>
      )}
      {job_id && <Link href={`#/jobs/${job_id}`}>Job</Link>}
      {!first && !job_id && !user && "-"}
    </>
  );
}

/** Saves all records that match, not only those of the page. */
function Save({ of }: { of: Readonly<Record<string, string>> }) {
  const api = useApi();
  const messages = useMessages();
  const filters = { ...useFilterValues(FILTERS), ...of };
  const save = useMutation({
    mutationFn: () => saveAudit(api, filters),
    onSuccess: ({ count, isCut }) => {
      const records = count.toLocaleString("en");
      messages.done(
        isCut
          ? `Only the newest ${records} records were saved. Choose a shorter time for the others.`
          : `${records} records saved.`,
      );
    },
    onError: (error) => messages.failed("The records could not be saved", error),
  });
  return (
    <Button iconName="download" loading={save.isPending} onClick={() => save.mutate()}>
      Export CSV
    </Button>
  );
}
