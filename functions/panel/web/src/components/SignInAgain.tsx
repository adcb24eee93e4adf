import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Modal from "@cloudscape-design/components/modal";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useMutation, useQueryClient } from "@tanstack/react-query";

import { sentence } from "../api/problem";
import { useSession } from "../sign-in/session";

/** Dialog shown when the session has ended. The page behind it keeps all input. */
export function SignInAgain() {
  const session = useSession();
  const queries = useQueryClient();
  const again = useMutation({ mutationFn: session.signInAgain, onSuccess: () => queries.invalidateQueries() });
  return (
    <Modal
      visible={session.hasEnded}
      closeAriaLabel="Close"
      onDismiss={session.dismiss}
      header="Your session has ended"
      footer={
        <Box float="right">
          <Button variant="primary" onClick={() => again.mutate()}>
            Sign in again
          </Button>
        </Box>
      }
    >
      <SpaceBetween size="m">
        <div>Signing in opens a second window. This page keeps everything you typed.</div>
        {again.error && <Alert type="error">{sentence(again.error)}</Alert>}
      </SpaceBetween>
    </Modal>
  );
}
