// Parts of the API that its description does not have yet.

import type { Customer, Me } from "../api/client";

/** What people note about a customer. */
export interface Notes {
  readonly tags: readonly string[];
  readonly owner: string | null;
  readonly notes: string | null;
}

/** The notes of a customer; of an API without them, none. */
export function notesOf(customer: Customer): Notes {
  return { tags: [], owner: null, notes: null, ...(customer as Partial<Notes>) };
}

export type BulkAction = "sync" | "pause" | "resume" | "set_frequency";

/** What became of one customer. */
export interface BulkItem {
  readonly customer_id: string;
  readonly customer_name: string;
  readonly outcome: "done" | "unchanged" | "refused";
  readonly job_id: string | null;
  readonly problem: { readonly title: string; readonly detail: string } | null;
}

export interface BulkResult {
  readonly items: readonly BulkItem[];
  readonly done: number;
  readonly unchanged: number;
  readonly refused: number;
}

export function mayChangeMany(me: Me | undefined): boolean {
  return (me?.actions as readonly string[] | undefined)?.includes("bulk_customers") ?? false;
}

export interface BulkRequest {
  readonly action: BulkAction;
  readonly sync_frequency?: Customer["sync_frequency"];
  readonly customer_ids: readonly string[];
}
