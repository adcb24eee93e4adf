import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Modal from "@cloudscape-design/components/modal";
import { useQueryClient } from "@tanstack/react-query";

import { useSession } from "../sign-in/session";

/** Asked when the session has ended. The page behind it keeps what was typed. */
export function SignInAgain() {
  const session = useSession();
  const queries = useQueryClient();
  const again = async () => {
    await session.signInAgain();
    await queries.invalidateQueries();
  };
  return (
    <Modal
      visible={session.hasEnded}
      closeAriaLabel="Close"
      header="Your session has ended"
      footer={
        <Box float="right">
          <Button variant="primary" onClick={() => void again()}>
            Sign in again
          </Button>
        </Box>
      }
    >
      Signing in opens a second window. This page stays as it is, with everything you typed.
    </Modal>
  );
}
