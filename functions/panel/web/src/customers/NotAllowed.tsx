import Alert from "@cloudscape-design/components/alert";
import ContentLayout from "@cloudscape-design/components/content-layout";
import Header from "@cloudscape-design/components/header";
import Link from "@cloudscape-design/components/link";

import { useTitle } from "../components/title";

interface Properties {
  readonly title: string;
  /** What the caller may not do. */
  readonly what: string;
  readonly href: string;
  /** Where the link leads. */
  readonly to: string;
}

/** Shown in place of a form that the API would refuse to save. */
export function NotAllowed({ title, what, href, to }: Properties) {
  useTitle(title);
  return (
    <ContentLayout header={<Header variant="h1">{title}</Header>}>
      <Alert type="info" header={`You cannot ${what}`}>
        Ask an administrator if you need to. Back to <Link href={href}>{to}</Link>.
      </Alert>
    </ContentLayout>
  );
}
