import type { Mark } from "./model";

/** What differs between two definitions, by sign and word: a color alone would not be seen by everybody. */
export const MARKS: Readonly<Record<Mark, { readonly sign: string; readonly word: string }>> = {
  added: { sign: "+", word: "Added" },
  removed: { sign: "−", word: "Removed" },
  edited: { sign: "±", word: "Edited" },
};
