import { createContext } from "react";

/** What the two sides of a comparison are called, and what only one of them has. */
export interface Sides {
  readonly before: string;
  readonly after: string;
  readonly added: string;
  readonly removed: string;
}

/** Two definitions of one workflow, unless others are compared. */
export const SidesContext = createContext<Sides>({ before: "Before", after: "After", added: "added", removed: "removed" });
