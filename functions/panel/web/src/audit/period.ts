// Spans of days by name, in the user's time zone. Weeks begin on Monday.

export const PERIODS = {
  today: "Today",
  yesterday: "Yesterday",
  last_7_days: "Last 7 days",
  last_week: "Last week",
  last_30_days: "Last 30 days",
} as const;
export type Period = keyof typeof PERIODS;

export function isPeriod(text: string): text is Period {
  return text in PERIODS;
}

interface Span {
  readonly since: string;
  /** None for a span that goes on. */
  readonly until?: string;
}

/** The span as the API takes it. The days up to today include it. */
export function spanOf(period: Period, now: Date): Span {
  const day = (offset: number) => new Date(now.getFullYear(), now.getMonth(), now.getDate() + offset).toISOString();
  const monday = -((now.getDay() + 6) % 7);
  switch (period) {
    case "today":
      return { since: day(0) };
    case "yesterday":
      return { since: day(-1), until: day(0) };
    case "last_7_days":
      return { since: day(-6) };
    case "last_week":
      return { since: day(monday - 7), until: day(monday) };
    case "last_30_days":
      return { since: day(-29) };
  }
}
