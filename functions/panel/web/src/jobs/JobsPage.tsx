import ContentLayout from "@cloudscape-design/components/content-layout";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";

import { useTitle } from "../components/title";
import { Counts } from "./Counts";
import { JobsTable } from "./JobsTable";

export function JobsPage() {
  useTitle("Jobs");
  return (
    <ContentLayout header={<Header variant="h1">Jobs</Header>}>
      <SpaceBetween size="l">
        <Counts />
        <JobsTable />
      </SpaceBetween>
    </ContentLayout>
  );
}
