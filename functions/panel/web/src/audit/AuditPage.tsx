import { useTitle } from "../components/title";
import { AuditTable } from "./AuditTable";

export function AuditPage() {
  useTitle("Audit");
  return <AuditTable variant="full-page" />;
}
