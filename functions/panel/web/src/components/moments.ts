// Moments and spans of time in words.

const UNITS: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ["year", 31_536_000],
  ["month", 2_592_000],
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
];
const relative = new Intl.RelativeTimeFormat("en", { numeric: "auto" });
const absolute = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "medium" });

/** `3 hours ago`, `in 5 minutes`, `just now`; a text that is no time stays as it is. */
export function age(at: string, now: number): string {
  if (Number.isNaN(Date.parse(at))) return at;
  const seconds = Math.round((Date.parse(at) - now) / 1000);
  const unit = UNITS.find(([, length]) => Math.abs(seconds) >= length);
  if (!unit) return "just now";
  return relative.format(Math.trunc(seconds / unit[1]), unit[0]);
}

/** `23 Nov 2026, 10:05:00 (UTC+1)`, in the user's own time zone. */
export function exact(at: string): string {
  if (Number.isNaN(Date.parse(at))) return at;
  const date = new Date(at);
  return `${absolute.format(date)} (${zone(date)})`;
}

/** `12 s`, `3 min 4 s`, `2 h 5 min`, `3 d 4 h`. */
export function duration(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  const [minutes, hours, days] = [60, 3_600, 86_400].map((length) => Math.floor(seconds / length)) as [number, number, number];
  if (days > 0) return `${days} d ${hours % 24} h`;
  if (hours > 0) return `${hours} h ${minutes % 60} min`;
  return minutes > 0 ? `${minutes} min ${seconds % 60} s` : `${seconds} s`;
}

/** The user's time zone on a day: `UTC+1`. */
export function zone(day: Date): string {
  const parts = new Intl.DateTimeFormat("en", { timeZoneName: "shortOffset" }).formatToParts(day);
  return (parts.find(({ type }) => type === "timeZoneName")?.value ?? "").replace("GMT", "UTC");
}
