// Hits by customer and workflow, in the order in which they come.

import type { SearchHit } from "../api/client";
import { counted } from "../components/counted";

export interface OfWorkflow {
  readonly id: string;
  readonly name: string | null;
  /** Empty if the workflow itself was found. */
  readonly places: SearchHit[];
}

export interface OfCustomer {
  readonly id: string;
  readonly name: string;
  readonly workflows: OfWorkflow[];
  readonly jobs: string[];
}

export function grouped(hits: readonly SearchHit[]): readonly OfCustomer[] {
  const customers = new Map<string, OfCustomer>();
  for (const hit of hits) {
    const found = customers.get(hit.customer_id) ?? { id: hit.customer_id, name: hit.customer_name, workflows: [], jobs: [] };
    customers.set(found.id, found);
    if (hit.job_id) found.jobs.push(hit.job_id);
    if (hit.workflow_id) add(found, hit.workflow_id, hit);
  }
  return [...customers.values()];
}

function add({ workflows }: OfCustomer, id: string, hit: SearchHit): void {
  // The places of a workflow come one after the other.
  let found = workflows.at(-1);
  if (found?.id !== id) {
    found = { id, name: hit.workflow_name ?? null, places: [] };
    workflows.push(found);
  }
  if (hit.path) found.places.push(hit);
}

/** `Found: 3 places, 2 workflows, 1 customer so far.` */
export function summary(hits: readonly SearchHit[], hasMore: boolean): string {
  const customers = grouped(hits);
  if (customers.length === 0) return hasMore ? "Nothing found yet." : "Nothing found.";
  const workflows = customers.flatMap((customer) => customer.workflows);
  const places = workflows.reduce((sum, workflow) => sum + workflow.places.length, 0);
  const parts = [
    places > 0 && counted(places, "place"),
    workflows.length > 0 && counted(workflows.length, "workflow"),
    counted(customers.length, "customer"),
  ];
  return `Found: ${parts.filter(Boolean).join(", ")}${hasMore ? " so far" : ""}.`;
}
