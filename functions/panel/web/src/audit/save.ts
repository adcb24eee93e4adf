// The records that match as a file for spreadsheets, in UTC.

import type { Api, AuditRecord } from "../api/client";
import { collect } from "../api/collect";
import { csv } from "../components/csv";
import { download } from "../components/download";
import { auditPage, OUTCOMES } from "./query";
import { ACTIONS, changeInWords } from "./words";

/** In pages of 200. */
const MOST_PAGES = 25;

const HEADER = [
  "Time (UTC)",
  "Person",
  "User ID",
  "Action",
  "Outcome",
  "Customer",
  "Customer ID",
  "Job ID",
  "User of the grant",
  "Changes",
  "Request ID",
];

/** Saves the newest 5,000; returns how many, and whether there are more. */
export async function saveAudit(api: Api, filters: Readonly<Record<string, string>>) {
  const { items, isCut } = await collect<AuditRecord>((page) => auditPage(api, { ...filters, ...page }), MOST_PAGES);
  download(`audit-${new Date().toISOString().slice(0, 10)}.csv`, "text/csv", csv(HEADER, items.map(row)));
  return { count: items.length, isCut };
}

function row(record: AuditRecord): (string | null | undefined)[] {
  return [
    record.at,
    record.actor_email,
    record.actor,
    ACTIONS[record.action],
    OUTCOMES[record.outcome],
    record.customer_name,
    record.customer_id,
    record.job_id,
    record.user,
    record.changes.map((change) => changeInWords(change, true)).join("; "),
    record.request_id,
  ];
}
