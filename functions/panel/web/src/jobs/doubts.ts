// Why a sync held something back, and what approving it does: that differs with the doubt, and nobody should approve one for another.

import type { Job } from "../api/client";

export type HeldBack = NonNullable<Job["held"]>;

interface Doubt {
  /** What the list is. */
  readonly heading: string;
  /** What to do before approving. */
  readonly advice: string;
  /** What approving is called, */
  readonly action: string;
  /** how it is asked for, */
  readonly question: string;
  /** and what the sync after it does. */
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
        heading: "Workflows of the tenant before",
        advice: "If nobody moved this customer, correct its base URL or credentials and sync again; nothing is lost.",
        action: "Approve the other tenant",
        question: `Replace ${workflows} by those of another tenant?`,
        effect:
          "The next sync stores what this tenant lists, and deletes those listed here that it does not have. Approve it only if the customer was moved on purpose.",
      };
    case "unproven":
      return {
        ...deletion,
        advice: "Look at Zuora for each of them, and for the proxy or firewall that answers in Zuora's place.",
        effect: `The next sync deletes what is still missing of the list (${workflows}), and no others, although Zuora does not confirm that it is gone. What Zuora says it still has is kept.`,
      };
    default:
      return {
        ...deletion,
        advice: "Compare the list with Zuora. If Zuora still has them, mend the user's role or the base URL and sync again.",
        effect: `The next sync deletes those of the list (${workflows}) that Zuora confirms as gone, and no others because of it; the limits stay as they are.`,
      };
  }
}
