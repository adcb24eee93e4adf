// What to do first in an installation without customers.

import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import Link from "@cloudscape-design/components/link";
import TextContent from "@cloudscape-design/components/text-content";

export function FirstSteps() {
  return (
    <Container header={<Header variant="h2">First steps</Header>}>
      <TextContent>
        <ol>
          <li>
            <Link variant="primary" href="#/customers/new">
              Create a customer
            </Link>{" "}
            with the credentials of its Zuora tenant.
          </li>
          <li>Wait for its first sync. It starts by itself, and the customer&apos;s page shows its result.</li>
          <li>
            Invite colleagues under{" "}
            <Link variant="primary" href="#/access">
              Access
            </Link>
            : they tell you the user ID that they see after they have signed in.
          </li>
        </ol>
      </TextContent>
    </Container>
  );
}
