/** The moment at which a suppression ends, as the API takes it: the beginning of a day, entered as `2027-01-31`, in the user's time zone. */
export interface Until {
  /** Null: never. */
  readonly until: string | null;
  readonly error?: string;
}

export function untilOf(date: string, now: Date): Until {
  if (date === "") return { until: null };
  const moment = /^\d{4}-\d{2}-\d{2}$/.test(date) ? new Date(`${date}T00:00`) : new Date(Number.NaN);
  if (Number.isNaN(moment.getTime())) return { until: null, error: "Enter the whole date, such as 2027/01/31." };
  if (moment <= now) return { until: null, error: "Enter a day in the future." };
  return { until: moment.toISOString() };
}
