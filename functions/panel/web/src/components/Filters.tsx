// Filters of a list, kept in the page's address: it can be bookmarked, sent to a colleague, and undone with "back".

import PropertyFilter, { type PropertyFilterProps } from "@cloudscape-design/components/property-filter";
import { useSearchParams } from "react-router";

import { type Filter, inWords, operatorOf, replaced } from "./filter";
import { momentForm } from "./MomentInput";

/** The filters in the address, as query parameters of the API. */
export function useFilterValues(filters: readonly Filter[]): Record<string, string> {
  const [parameters] = useSearchParams();
  const values = filters.map(({ key }) => [key, parameters.get(key) ?? ""] as const);
  return Object.fromEntries(values.filter(([, value]) => value !== ""));
}

/** One value for each filter: a second value of the same filter replaces the first. */
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
      expandToViewport
      disableFreeTextFiltering={!first}
      freeTextFiltering={{ operators: [operatorOf(first)], defaultOperator: operatorOf(first) }}
      filteringProperties={filters.map(propertyOf)}
      filteringOptions={filters.flatMap(({ key, options = [] }) => options.map((option) => ({ propertyKey: key, ...option })))}
      filteringPlaceholder={`Filter by ${filters.map(({ label }) => label).join(", ")}`}
      filteringAriaLabel="Filter the list"
      onChange={({ detail }) => {
        // Text entered without a property filters by the first text property.
        const pairs = detail.tokens.map(
          ({ propertyKey, value }) => [propertyKey ?? first?.key ?? "", String(value ?? "")] as const,
        );
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
