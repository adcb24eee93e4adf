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
          <li>Test the connection in the same form. If the test fails, it says what to do at Zuora.</li>
          <li>Wait for the first sync. It starts by itself, and the customer&apos;s page shows how far it is.</li>
          <li>Choose how often the customer is synced: hourly for production, every two hours for sandboxes.</li>
          <li>
            Invite colleagues under{" "}
            <Link variant="primary" href="#/access">
              Access
            </Link>
            : they tell you the user ID that they see after they have signed in.
          </li>
          <li>
            Subscribe to the e-mail of the alarms, so that somebody learns of a failure at night. See{" "}
            <Link variant="primary" href="#/help?section=best-practices">
              Help
            </Link>
            .
          </li>
        </ol>
      </TextContent>
    </Container>
  );
}
