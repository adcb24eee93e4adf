// Filters of a list, and their description in words.

import { exact } from "./moments";

/** A filter of the API. */
export interface Filter {
  /** The query parameter. */
  readonly key: string;
  readonly label: string;
  /** The allowed values; any text if there are none. */
  readonly options?: readonly Option[];
  /** Allows several of the options. */
  readonly isMany?: boolean;
  /** Matches the beginning of a text, or any part of it, not the whole. */
  readonly matches?: "beginning" | "part";
  /** The value is a moment. */
  readonly isMoment?: boolean;
}

interface Option {
  readonly value: string;
  readonly label?: string;
}

/** The operator between the label and the value: begins with, contains, or equals. */
export function operatorOf(filter: Filter | undefined): "^" | ":" | "=" {
  return filter?.matches ? { beginning: "^" as const, part: ":" as const }[filter.matches] : "=";
}

/** Options whose labels are their values. */
export function words(...values: readonly string[]): readonly Option[] {
  return values.map((value) => ({ value }));
}

/** The option of a filter that is set or not. */
export const YES: readonly Option[] = [{ value: "true", label: "Yes" }];

/** Options from a record of labels. */
export function labelled(labels: Readonly<Record<string, string>>): readonly Option[] {
  return Object.entries(labels).map(([value, label]) => ({ value, label }));
}

/** The values in words: `State: Failed, Held. Customer: Acme`. Empty if there are none. */
export function described(filters: readonly Filter[], values: Readonly<Record<string, string>>): string {
  const parts = filters.flatMap((filter) => {
    const value = values[filter.key];
    return value ? [`${filter.label}: ${inWords(filter, value)}`] : [];
  });
  return parts.join(". ");
}

/** A value in words; several are a list, or separated by commas. */
export function inWords({ options = [], isMany, isMoment }: Filter, value: unknown): string {
  const text = String(value);
  if (isMoment) return exact(text);
  const parts = isMany ? text.split(",") : [text];
  return parts.map((part) => options.find((option) => option.value === part)?.label ?? part).join(", ");
}

/** What a text means that was typed without a property: part of the first text filter, or the one option that contains it. */
export function meant(filters: readonly Filter[], text: string): { readonly key: string; readonly value: string } | undefined {
  const ofText = filters.find(({ options, isMoment }) => !options && !isMoment);
  if (ofText) return { key: ofText.key, value: text };
  const sought = text.toLowerCase();
  const hits = filters.flatMap(({ key, options = [] }) =>
    options.filter(({ value, label = value }) => label.toLowerCase().includes(sought)).map(({ value }) => ({ key, value })),
  );
  return hits.length === 1 ? hits[0] : undefined;
}

/** The parameters of the address with these filters; other parameters stay. */
export function replaced(current: URLSearchParams, filters: readonly Filter[], values: Record<string, string>): URLSearchParams {
  const next = new URLSearchParams(current);
  for (const { key } of filters) next.delete(key);
  for (const [key, value] of Object.entries(values)) next.set(key, value);
  return next;
}
