// A group of customers that need a person: its title, the customers named, and where the first step is made.

import type { AttentionGroup } from "../api/client";
import { counted } from "../components/counted";
import { addressOf } from "../customers/health";

/** The number of customers named on the dashboard. */
const NAMED = 3;

/** `Invalid credentials or address: 3 customers`. */
export function titleOf({ cause, count }: AttentionGroup): string {
  return `${cause}: ${counted(count, "customer")}`;
}

/** The customers to name, and the number of the others. */
export function namedOf({ count, customers }: AttentionGroup) {
  const named = customers.slice(0, NAMED);
  return { named, others: count - named.length };
}

interface Step {
  readonly text: string;
  readonly href: string;
}

/** Where a person starts; nowhere if the group needs nothing but time. */
export function firstStep({ actions: [action], count, customers: [first], health }: AttentionGroup): Step | undefined {
  if (!action || !first) return undefined;
  if (count > 1) return { text: "Show customers", href: addressOf([health]) };
  const page = `#/customers/${first.id}`;
  if (action === "review" && first.held_job_id) return { text: "Review", href: `#/jobs/${first.held_job_id}` };
  if (action === "edit_credentials") return { text: "Edit credentials", href: `${page}/edit` };
  return { text: "Open customer", href: page };
}
