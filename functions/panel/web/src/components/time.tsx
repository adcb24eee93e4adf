// Times for people: the age on the page, the exact time as its tooltip.

import { useEffect, useState } from "react";

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

/** `23 Nov 2026, 10:05:00`, in the user's own time zone. */
export function exact(at: string): string {
  if (Number.isNaN(Date.parse(at))) return at;
  return absolute.format(new Date(at));
}

/** The current time, updated every 20 seconds. */
export function useNow(): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 20_000);
    return () => clearInterval(timer);
  }, []);
  return now;
}

/** The age of a moment, with the exact time as its tooltip. */
export function Age({ at }: { at: string }) {
  const now = useNow();
  return (
    <time dateTime={at} title={`${exact(at)} (${at})`}>
      {age(at, now)}
    </time>
  );
}
