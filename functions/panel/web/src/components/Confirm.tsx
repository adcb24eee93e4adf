import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Modal from "@cloudscape-design/components/modal";
import SpaceBetween from "@cloudscape-design/components/space-between";
import type { ReactNode } from "react";

import { sentence } from "../api/problem";

interface Properties {
  readonly title: string;
  readonly children: ReactNode;
  readonly action: string;
  readonly isBusy: boolean;
  readonly isAllowed?: boolean;
  readonly error: unknown;
  readonly onConfirm: () => void;
  readonly onClose: () => void;
  /** Label of the button that closes the dialog. */
  readonly leave?: "Cancel" | "Close" | "Stay";
}

/** A confirmation dialog; stays open and shows the error if the action fails. */
export function Confirm({
  title,
  children,
  action,
  isBusy,
  isAllowed = true,
  error,
  onConfirm,
  onClose,
  leave = "Cancel",
}: Properties) {
  return (
    <Modal
      visible
      header={title}
      closeAriaLabel="Close"
      onDismiss={onClose}
      footer={
        <Box float="right">
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant="link" onClick={onClose}>
              {leave}
            </Button>
            <Button variant="primary" loading={isBusy} disabled={!isAllowed} onClick={onConfirm}>
              {action}
            </Button>
          </SpaceBetween>
        </Box>
      }
    >
      <SpaceBetween size="m">
        {children}
        {error ? <Alert type="error">{sentence(error)}</Alert> : null}
      </SpaceBetween>
    </Modal>
  );
}
