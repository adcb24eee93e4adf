// What a list can be filtered by, and how it is told.

import { exact } from "./time";

/** Something that the API filters by. */
export interface Filter {
  /** The query parameter. */
  readonly key: string;
  readonly label: string;
  /** What it may be; any text where there are none. */
  readonly options?: readonly Option[];
  /** Whether it may be several of the options. */
  readonly isMany?: boolean;
  /** Whether it is a moment. */
  readonly isMoment?: boolean;
}

interface Option {
  readonly value: string;
  readonly label?: string;
}

/** Words that stand for themselves, as options. */
export function words(...values: readonly string[]): readonly Option[] {
  return values.map((value) => ({ value }));
}

/** What the values mean, for a person: `State: Failed, Held. Customer: Acme`. Nothing where there are none. */
export function described(filters: readonly Filter[], values: Readonly<Record<string, string>>): string {
  const parts = filters.flatMap((filter) => {
    const value = values[filter.key];
    return value ? [`${filter.label}: ${inWords(filter, value)}`] : [];
  });
  return parts.join(". ");
}

/** A value as it is written for a person; several have commas between them, or are a list. */
export function inWords({ options = [], isMany, isMoment }: Filter, value: unknown): string {
  const text = String(value);
  if (isMoment) return Number.isNaN(Date.parse(text)) ? text : exact(text);
  const parts = isMany ? text.split(",") : [text];
  return parts.map((part) => options.find((option) => option.value === part)?.label ?? part).join(", ");
}

/** The address's parameters with other filters; what else it says stays. */
export function replaced(current: URLSearchParams, filters: readonly Filter[], values: Record<string, string>): URLSearchParams {
  const next = new URLSearchParams(current);
  for (const { key } of filters) next.delete(key);
  for (const [key, value] of Object.entries(values)) next.set(key, value);
  return next;
}
