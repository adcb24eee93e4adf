// Records of the audit in words.

import { verbsInWords } from "../access/roles";
import type { AuditAction, AuditRecord } from "../api/client";
import { ENVIRONMENTS, FREQUENCIES } from "../customers/fields";
import { LABELS } from "../customers/labels";
import { CUSTOMER_STATUSES } from "../customers/status";

export const ACTIONS: Record<AuditAction, string> = {
  "customer.create": "Created customer",
  "customer.update": "Changed settings",
  "customer.pause": "Paused customer",
  "customer.resume": "Resumed customer",
  "customer.delete": "Deleted customer",
  "customer.sync": "Started sync",
  "customer.test": "Tested connection",
  "connection.test": "Tried credentials",
  "job.retry": "Retried job",
  "job.redrive": "Retried all failed jobs",
  "job.cancel": "Cancelled job",
  "job.approve_deletions": "Approved deletions",
  "job.dismiss": "Dismissed failure",
  "dead_letter.delete": "Deleted unreadable message",
  "grant.put": "Granted access",
  "grant.delete": "Revoked access",
  "finding.suppress": "Suppressed finding",
  "finding.unsuppress": "Unsuppressed finding",
  "compared_with.put": "Set comparison",
  "compared_with.delete": "Removed comparison",
  read: "Read",
};

const FIELDS: Readonly<Record<string, string>> = { ...LABELS, verbs: "Permissions" };

/** `client_id` as `Client id`. */
function fieldInWords(field: string): string {
  const words = field.replaceAll(/[_.]/g, " ");
  return FIELDS[field] ?? words.charAt(0).toUpperCase() + words.slice(1);
}

/** The words of the API that a field may hold, in ours. */
const VALUES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  environment: ENVIRONMENTS,
  sync_frequency: FREQUENCIES,
  status: CUSTOMER_STATUSES,
};

function valueInWords(field: string, value: string): string | undefined {
  return field === "verbs" ? verbsInWords(value.split(", ")) : VALUES[field]?.[value];
}

/** The number of characters of a value that are shown. */
const SHOWN = 60;

function shortened(value: string): string {
  return value.length > SHOWN ? `${value.slice(0, SHOWN)}…` : value;
}

/** `Name: Acme → Acme 2`; only the field for a secret, whose values are never recorded. */
export function changeInWords({ field, before, after }: AuditRecord["changes"][number], isWhole = false): string {
  const name = fieldInWords(field);
  const value = (text: string | null | undefined) => {
    if (text == null) return "none";
    return valueInWords(field, text) ?? (isWhole ? text : shortened(text));
  };
  if (before == null && after == null) return `${name} was set`;
  // Nothing was there before something was created.
  return before == null ? `${name}: ${value(after)}` : `${name}: ${value(before)} → ${value(after)}`;
}
