// Texts for a held sync, by the kind of doubt: what approving does differs, and must not be confused.

import type { Job } from "../api/client";

export type HeldBack = NonNullable<Job["held"]>;

interface Doubt {
  /** Heading of the list. */
  readonly heading: string;
  /** Advice before approving. */
  readonly advice: string;
  /** Label of the approve button. */
  readonly action: string;
  /** Title of the confirmation dialog. */
  readonly question: string;
  /** Effect of the approval on the next sync. */
  readonly effect: string;
}

export function doubtOf({ kind, count }: HeldBack): Doubt {
  const workflows = count === 1 ? "1 workflow" : `${count} workflows`;
  const deletion = {
    heading: "Held deletions",
    action: "Approve deletions",
    question: `Delete ${workflows} from the copy?`,
  };
  switch (kind) {
    case "different_tenant":
      return {
        heading: "Workflows of the previous tenant",
        advice: "If nobody moved this customer, correct its base URL or credentials and sync again. Nothing is lost.",
        action: "Approve the other tenant",
        question: `Replace ${workflows} with those of another tenant?`,
        effect:
          "The next sync stores the workflows of this tenant and deletes those listed here that it does not have. Approve only if the customer was moved on purpose.",
      };
    case "unproven":
      return {
        ...deletion,
        advice: "Check each of them in Zuora, and look for a proxy or firewall that answers in place of Zuora.",
        effect: `The next sync deletes the workflows on this list (${workflows}) that are still missing, and no others, although Zuora does not confirm that they are gone. Workflows that Zuora still has are kept.`,
      };
    default:
      return {
        ...deletion,
        advice: "Compare the list with Zuora. If Zuora still has them, fix the role of the user or the base URL and sync again.",
        effect: `The next sync deletes the workflows on this list (${workflows}) that Zuora confirms as gone. The approval covers no others, and the limits do not change.`,
      };
  }
}
