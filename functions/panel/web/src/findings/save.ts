// The findings that match as a file for spreadsheets.

import type { Api, ListedFinding } from "../api/client";
import { collect } from "../api/collect";
import { csv } from "../components/csv";
import { download } from "../components/download";
import { byLevel, LEVELS } from "./levels";
import { findingsPage } from "./query";

/** In pages of 200. */
const MOST_PAGES = 25;

const HEADER = [
  "Level",
  "Rule",
  "What is wrong",
  "Customer",
  "Customer ID",
  "Workflow",
  "Workflow ID",
  "Task",
  "Task ID",
  "Action",
  "Path",
  "Why",
  "What to do",
  "Suppressed because",
];

/** Saves the first 5,000, the worst first; returns how many, and whether there are more. */
export async function saveFindings(api: Api, filters: Readonly<Record<string, string>>) {
  const load = (page: { limit: number; cursor?: string }) => findingsPage(api, { ...filters, ...page });
  const { items, isCut } = await collect<ListedFinding>(load, MOST_PAGES);
  const rows = items.toSorted(byLevel).map(row);
  download(`findings-${new Date().toISOString().slice(0, 10)}.csv`, "text/csv", csv(HEADER, rows));
  return { count: items.length, isCut };
}

function row(finding: ListedFinding): (string | null | undefined)[] {
  const { task } = finding;
  return [
    LEVELS[finding.level],
    finding.rule,
    finding.title,
    finding.customer_name,
    finding.customer_id,
    finding.workflow_name,
    finding.zuora_id,
    task?.name,
    task?.id,
    task?.action_type,
    finding.path,
    finding.why,
    finding.remedy,
    finding.suppressed?.reason,
  ];
}
