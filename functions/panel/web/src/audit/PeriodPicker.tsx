// The time of the records: a span of days by name, or from one moment to another.

import DateRangePicker, { type DateRangePickerProps } from "@cloudscape-design/components/date-range-picker";
import RadioGroup from "@cloudscape-design/components/radio-group";

import { isPeriod, PERIODS } from "./period";

interface Properties {
  readonly values: Readonly<Record<string, string>>;
  readonly onChange: (changes: { readonly period: string; readonly since: string; readonly until: string }) => void;
}

/** The picker knows spans as amounts of time; the key is what counts. */
const OPTIONS = Object.keys(PERIODS).map(optionOf);

export function PeriodPicker({ values, onChange }: Properties) {
  return (
    <DateRangePicker
      value={shown(values)}
      relativeOptions={OPTIONS}
      expandToViewport
      placeholder="Any time"
      // The picker's own list would also offer any amount of time, which has no name.
      renderRelativeRangeContent={(range, choose) => (
        <RadioGroup
          value={range?.key ?? null}
          items={Object.entries(PERIODS).map(([value, label]) => ({ value, label }))}
          onChange={({ detail }) => choose(optionOf(detail.value))}
        />
      )}
      i18nStrings={{
        relativeModeTitle: "Days",
        absoluteModeTitle: "From and to",
        formatRelativeRange: ({ key = "" }) => (isPeriod(key) ? PERIODS[key] : ""),
      }}
      isValidRange={(range) =>
        range?.type === "absolute" && range.startDate >= range.endDate
          ? { valid: false, errorMessage: "The end must be after the beginning." }
          : { valid: true }
      }
      onChange={({ detail: { value } }) => {
        const none = { period: "", since: "", until: "" };
        if (value?.type === "relative") return onChange({ ...none, period: value.key ?? "" });
        if (!value) return onChange(none);
        return onChange({ ...none, since: moment(value.startDate), until: moment(value.endDate) });
      }}
    />
  );
}

function shown({ period = "", since, until }: Readonly<Record<string, string>>): DateRangePickerProps.Value | null {
  if (isPeriod(period)) return optionOf(period);
  if (!since && !until) return null;
  return { type: "absolute", startDate: since ?? "1970-01-01T00:00:00Z", endDate: until ?? new Date().toISOString() };
}

function moment(text: string): string {
  return new Date(text).toISOString();
}

function optionOf(key: string): DateRangePickerProps.RelativeOption {
  return { key, amount: 1, unit: "day", type: "relative" };
}
