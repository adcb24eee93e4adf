/** Colors of charts and large numbers by meaning; each is at least 3:1 against the light page and the dark one (WCAG 2.2, 1.4.11). */
export const CHART = {
  good: "#4a9635",
  info: "#3184c2",
  mild: "#a5851a",
  warning: "#cc5f21",
  bad: "#d63f38",
  neutral: "#80808a",
} as const;

/** The label of an axis that counts: empty between whole numbers. */
export function wholeNumber(value: number): string {
  return Number.isInteger(value) ? value.toLocaleString("en") : "";
}
