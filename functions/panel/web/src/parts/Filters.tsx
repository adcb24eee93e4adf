// Filters of a list, kept in the page's address: it can be kept as a bookmark, sent to a colleague, and left with "back".

import PropertyFilter, { type PropertyFilterProps } from "@cloudscape-design/components/property-filter";
import { useSearchParams } from "react-router";

import { momentForm } from "./MomentInput";
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

/** What the address says of the filters, as the API takes it. */
export function useFilterValues(filters: readonly Filter[]): Record<string, string> {
  const [parameters] = useSearchParams();
  const values = filters.map(({ key }) => [key, parameters.get(key) ?? ""] as const);
  return Object.fromEntries(values.filter(([, value]) => value !== ""));
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
function inWords({ options = [], isMany, isMoment }: Filter, value: unknown): string {
  const text = String(value);
  if (isMoment) return exact(text);
  const parts = isMany ? text.split(",") : [text];
  return parts.map((part) => options.find((option) => option.value === part)?.label ?? part).join(", ");
}

/** One value for each filter: a second one of the same takes the first one's place. */
export function Filters({ filters }: { filters: readonly Filter[] }) {
  const [, setParameters] = useSearchParams();
  const tokens = Object.entries(useFilterValues(filters)).map(([propertyKey, value]) => {
    const filter = filters.find(({ key }) => key === propertyKey);
    return { propertyKey, operator: operatorOf(filter), value: filter?.isMany ? value.split(",") : value };
  });
  const first = filters.find(({ options, isMoment }) => !options && !isMoment);
  return (
    <PropertyFilter
      query={{ operation: "and", tokens }}
      hideOperations
      filteringProperties={filters.map(propertyOf)}
      filteringOptions={filters.flatMap(({ key, options = [] }) => options.map((option) => ({ propertyKey: key, ...option })))}
      filteringPlaceholder={`Filter by ${filters.map(({ label }) => label).join(", ")}`}
      filteringAriaLabel="Filter the list"
      onChange={({ detail }) => {
        // What is typed without a property is looked for in the first text.
        const pairs = detail.tokens.map(({ propertyKey, value }) => [propertyKey ?? first?.key ?? "", String(value)] as const);
        const wanted = Object.fromEntries(pairs.filter(([key, value]) => key !== "" && value !== ""));
        setParameters((current) => replaced(current, filters, wanted), { replace: true });
      }}
    />
  );
}

function propertyOf(filter: Filter): PropertyFilterProps.FilteringProperty {
  const operator = operatorOf(filter);
  const form = filter.isMoment ? { form: momentForm } : filter.isMany ? { tokenType: "enum" as const } : {};
  return {
    key: filter.key,
    propertyLabel: filter.label,
    groupValuesLabel: filter.label,
    operators: [{ operator, ...form, format: (value) => inWords(filter, value) }],
    defaultOperator: operator,
  };
}

function operatorOf(filter: Filter | undefined): ":" | "=" {
  return filter?.options || filter?.isMoment ? "=" : ":";
}

/** The address's parameters with other filters; what else it says stays. */
function replaced(current: URLSearchParams, filters: readonly Filter[], values: Record<string, string>): URLSearchParams {
  const next = new URLSearchParams(current);
  for (const { key } of filters) next.delete(key);
  for (const [key, value] of Object.entries(values)) next.set(key, value);
  return next;
}
