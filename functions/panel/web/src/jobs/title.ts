import { useCustomerName } from "../components/customerName";
import { type Job } from "../api/client";
import { JOB_KINDS } from "./state";

/** `Sync of Acme`: the kind and the customer; only the kind while the name is unknown. */
export function useJobTitle({ kind, customer_id }: Pick<Job, "kind" | "customer_id">): string {
  return titleOf(kind, useCustomerName(customer_id));
}

export function titleOf(kind: Job["kind"], customer: string | undefined): string {
  return customer === undefined ? JOB_KINDS[kind] : `${JOB_KINDS[kind]} of ${customer}`;
}
