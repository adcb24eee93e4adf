import { AuditTable } from "./AuditTable";

export function AuditPage() {
  return <AuditTable variant="full-page" />;
}
