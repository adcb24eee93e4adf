// What became of each of many customers, the refused ones first, with the reason.

import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Link from "@cloudscape-design/components/link";
import Modal from "@cloudscape-design/components/modal";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import Table from "@cloudscape-design/components/table";

import type { BulkOutcome, BulkResult } from "../api/client";
import { NameLink } from "../components/NameLink";
import { inOrder, OUTCOMES, summaryOf } from "./bulk";

interface Properties {
  readonly title: string;
  readonly result: BulkResult;
  readonly close: () => void;
}

export function BulkResults({ title, result, close }: Properties) {
  return (
    <Modal
      visible
      size="large"
      header={`${title}: result`}
      closeAriaLabel="Close"
      onDismiss={close}
      footer={
        <Box float="right">
          <Button variant="primary" onClick={close}>
            Close
          </Button>
        </Box>
      }
    >
      <Table
        variant="embedded"
        wrapLines
        header={<Box>{summaryOf(result)}</Box>}
        items={inOrder(result.items)}
        trackBy="customer_id"
        ariaLabels={{ tableLabel: "Results" }}
        columnDefinitions={[
          {
            id: "customer",
            header: "Customer",
            isRowHeader: true,
            cell: (item) => <NameLink href={`#/customers/${item.customer_id}`} name={item.customer_name ?? item.customer_id} />,
          },
          { id: "outcome", header: "Outcome", minWidth: 130, cell: (item) => <Outcome of={item} /> },
          { id: "details", header: "Details", minWidth: 200, cell: (item) => <Details of={item} /> },
        ]}
      />
    </Modal>
  );
}

function Outcome({ of }: { of: BulkOutcome }) {
  const [type, text] = OUTCOMES[of.outcome];
  return (
    <StatusIndicator type={type} wrapText={false}>
      {text}
    </StatusIndicator>
  );
}

function Details({ of: { problem, job_id: job } }: { of: BulkOutcome }) {
  if (problem) return <>{problem.detail}</>;
  return job ? <Link href={`#/jobs/${job}`}>Job</Link> : <>-</>;
}
