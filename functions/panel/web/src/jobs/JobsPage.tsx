import { JobsTable } from "./JobsTable";

export function JobsPage() {
  return <JobsTable variant="full-page" />;
}
