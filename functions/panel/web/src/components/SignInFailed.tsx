import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";

import { signIn } from "../sign-in/flow";

/** Shown in place of the panel if signing in fails. */
export function SignInFailed({ why }: { why: string }) {
  return (
    <Box padding="xxl">
      <main>
        <Alert type="error" header="Sign-in failed" action={<Button onClick={() => void signIn()}>Try again</Button>}>
          {why}
        </Alert>
      </main>
    </Box>
  );
}
