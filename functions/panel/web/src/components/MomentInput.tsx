// A moment to filter by: entered in the user's time zone, sent to the API as UTC.

import DateInput from "@cloudscape-design/components/date-input";
import FormField from "@cloudscape-design/components/form-field";
import SpaceBetween from "@cloudscape-design/components/space-between";
import TimeInput from "@cloudscape-design/components/time-input";
import { useState } from "react";

import { zone } from "./moments";

/** The form of a property filter for a moment. */
export function momentForm({ value, onChange }: { value: unknown; onChange: (moment: string | null) => void }) {
  return <MomentInput value={typeof value === "string" ? value : ""} onChange={onChange} />;
}

function MomentInput({ value, onChange }: { value: string; onChange: (moment: string | null) => void }) {
  const [date, setDate] = useState(() => local(value).date);
  const [time, setTime] = useState(() => local(value).time);
  const change = (nextDate: string, nextTime: string) => {
    setDate(nextDate);
    setTime(nextTime);
    const moment = new Date(`${nextDate}T${nextTime || "00:00"}`);
    onChange(Number.isNaN(moment.getTime()) ? null : moment.toISOString());
  };
  return (
    <SpaceBetween direction="horizontal" size="s">
      <FormField label="Date" constraintText="YYYY/MM/DD">
        <DateInput value={date} placeholder="YYYY/MM/DD" onChange={({ detail }) => change(detail.value, time)} />
      </FormField>
      <FormField label="Time" constraintText={`hh:mm, your time (${zone(dayOf(date))})`}>
        <TimeInput format="hh:mm" value={time} placeholder="hh:mm" onChange={({ detail }) => change(date, detail.value)} />
      </FormField>
    </SpaceBetween>
  );
}

/** That day, or today while none is entered. */
function dayOf(date: string): Date {
  const day = new Date(`${date}T12:00`);
  return Number.isNaN(day.getTime()) ? new Date() : day;
}

/** Date and time of a moment as the two fields show them; empty texts if there is none. */
function local(value: string): { readonly date: string; readonly time: string } {
  const moment = new Date(value);
  if (Number.isNaN(moment.getTime())) return { date: "", time: "" };
  const two = (number: number) => String(number).padStart(2, "0");
  return {
    date: `${moment.getFullYear()}-${two(moment.getMonth() + 1)}-${two(moment.getDate())}`,
    time: `${two(moment.getHours())}:${two(moment.getMinutes())}`,
  };
}
