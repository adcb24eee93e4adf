// Shown when a customer was changed by somebody else while it was edited: both versions, and two ways forward.

import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Modal from "@cloudscape-design/components/modal";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Table from "@cloudscape-design/components/table";

import type { Difference } from "./differences";

interface Properties {
  readonly differences: readonly Difference[];
  readonly isBusy: boolean;
  readonly onLoad: () => void;
  readonly onSave: () => void;
  /** Back to the form, with nothing decided. */
  readonly onClose: () => void;
}

export function Conflict({ differences, isBusy, onLoad, onSave, onClose }: Properties) {
  return (
    <Modal
      visible
      size="large"
      header="Somebody else saved this customer"
      closeAriaLabel="Close"
      onDismiss={onClose}
      footer={
        <Box float="right">
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant="link" onClick={onClose}>
              Keep editing
            </Button>
            <Button onClick={onLoad}>Load theirs</Button>
            <Button variant="primary" loading={isBusy} onClick={onSave}>
              Save mine over it
            </Button>
          </SpaceBetween>
        </Box>
      }
    >
      <SpaceBetween size="m">
        <div>
          It was changed after you opened this form, and your changes are not saved yet. <b>Load theirs</b> drops your changes.{" "}
          <b>Save mine over it</b> saves the fields that you changed; the others stay as they are now.
        </div>
        <Table
          variant="embedded"
          wrapLines
          items={differences}
          trackBy="label"
          ariaLabels={{ tableLabel: "Differences" }}
          empty="The fields are the same in both."
          columnDefinitions={[
            { id: "label", header: "Field", isRowHeader: true, cell: ({ label }) => label },
            { id: "theirs", header: "Theirs", cell: ({ theirs }) => theirs },
            { id: "mine", header: "Mine", cell: ({ mine }) => mine },
          ]}
        />
      </SpaceBetween>
    </Modal>
  );
}
