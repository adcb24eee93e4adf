import type { ChangeClass } from "../api/client";

export const CLASSES: Readonly<Record<ChangeClass, string>> = {
  logic: "Logic",
  trigger: "Trigger",
  notification: "Notification",
  layout: "Layout",
  bookkeeping: "Bookkeeping",
};

/** The classes that lists leave out unless they are asked for. */
const QUIET: readonly ChangeClass[] = ["layout", "bookkeeping"];

export function isQuiet(one: ChangeClass | undefined): boolean {
  return one !== undefined && QUIET.includes(one);
}
