// Roles and permissions in words.

import type { Grant, Role, Verb } from "../api/client";

/** Instead of a customer's id: every customer, present and future. */
export const ALL = "all";

/** A grant of single permissions, which is no role of the API. */
export const CUSTOM = "custom";

export const ROLES: Record<Role, { readonly label: string; readonly sentence: string }> = {
  viewer: { label: "Viewer", sentence: "Sees workflows, changes, jobs and the audit, and changes nothing." },
  operator: { label: "Operator", sentence: "Sees all of it, syncs, retries and cancels jobs, and approves held deletions." },
  admin: { label: "Admin", sentence: "May do everything that can be granted: also edit, pause and delete." },
};

export const VERBS: Record<Verb, string> = {
  view_any: "See it in lists",
  view: "View all details",
  create: "Create customers",
  update: "Edit, pause and resume",
  delete: "Delete",
  sync: "Sync, retry and cancel",
  approve: "Approve held deletions",
};

/** `Operator`, or the permissions one by one. */
export function inWords({ role, verbs }: Pick<Grant, "role" | "verbs">): string {
  return role ? ROLES[role].label : verbsInWords(verbs);
}

/** A verb of another version of the API stays as it is. */
export function verbsInWords(verbs: readonly string[]): string {
  const known: Readonly<Record<string, string>> = VERBS;
  const words = verbs.map((verb) => known[verb] ?? verb).join(", ");
  return words.charAt(0) + words.slice(1).toLowerCase();
}
