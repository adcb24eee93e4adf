import type { FindingLevel } from "../../api/client";

/** The sign of a task with findings, by the worst: the shape differs too, because a color alone would not be seen by everybody. */
export const SIGNS: Readonly<Record<FindingLevel, string>> = { error: "✕", warning: "!", info: "i" };
