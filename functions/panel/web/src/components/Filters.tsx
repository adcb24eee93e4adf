// Filters of a list, kept in the page's address: it can be bookmarked, sent to a colleague, and undone with "back".

import LiveRegion from "@cloudscape-design/components/live-region";
import PropertyFilter, { type PropertyFilterProps } from "@cloudscape-design/components/property-filter";
import { useState } from "react";
import { useSearchParams } from "react-router";

import { type Filter, inWords, meant, operatorOf, replaced } from "./filter";
import { momentForm } from "./MomentInput";

/** The filters in the address, as query parameters of the API. */
export function useFilterValues(filters: readonly Filter[]): Record<string, string> {
  const [parameters] = useSearchParams();
  const values = filters.map(({ key }) => [key, parameters.get(key) ?? ""] as const);
  return Object.fromEntries(values.filter(([, value]) => value !== ""));
}

/** One value for each filter: a second value of the same filter replaces the first. A text that means nothing is answered. */
export function Filters({ filters }: { filters: readonly Filter[] }) {
  const [, setParameters] = useSearchParams();
  const [unknown, setUnknown] = useState<string>();
  const labels = filters.map(({ label }) => label).join(", ");
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
      freeTextFiltering={{ operators: [operatorOf(first)], defaultOperator: operatorOf(first) }}
      filteringProperties={filters.map(propertyOf)}
      filteringOptions={filters.flatMap(({ key, options = [] }) => options.map((option) => ({ propertyKey: key, ...option })))}
      filteringPlaceholder={`Filter by ${labels}`}
      filteringAriaLabel="Filter the list"
      {...(unknown !== undefined && {
        filteringConstraintText: <LiveRegion>{`Nothing is called “${unknown}” here. Filter by ${labels}.`}</LiveRegion>,
      })}
      onChange={({ detail }) => {
        const typed = detail.tokens.find(({ propertyKey }) => propertyKey === undefined);
        const meaning = typed && meant(filters, String(typed.value));
        setUnknown(typed && !meaning ? String(typed.value) : undefined);
        const pairs = detail.tokens.map(({ propertyKey, value }) =>
          propertyKey === undefined ? [meaning?.key ?? "", meaning?.value ?? ""] : [propertyKey, String(value ?? "")],
        );
        const wanted = Object.fromEntries(pairs.filter(([key, value]) => key !== "" && value !== "")) as Record<string, string>;
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
