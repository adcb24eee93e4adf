// Switches the list of customers between all, those that need attention, and the paused ones.

import SegmentedControl from "@cloudscape-design/components/segmented-control";
import { useSearchParams } from "react-router";

import { useStats } from "../api/queries";
import { replaced } from "../components/filter";
import { total } from "../jobs/counters";
import { HEALTH_FILTER, NEED_FILTER } from "./health";

/** The filters of each view. */
const VIEWS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  all: {},
  needy: { [NEED_FILTER.key]: "true" },
  paused: { [HEALTH_FILTER.key]: "paused" },
};
const OF_VIEWS = [NEED_FILTER, HEALTH_FILTER];

/** Stands for another health that is filtered by. */
const OTHER = { id: "other", text: "Filtered" };

export function HealthViews() {
  const [parameters, setParameters] = useSearchParams();
  const counts = useStats().data?.customers;
  const views = [
    { id: "all", text: withCount("All", counts?.total) },
    { id: "needy", text: withCount("Needs attention", counts?.need_person) },
    { id: "paused", text: withCount("Paused", counts && total(counts.by_health, "paused")) },
  ];
  const fits = (id: string) => OF_VIEWS.every(({ key }) => (parameters.get(key) ?? undefined) === VIEWS[id]?.[key]);
  const shown = views.find(({ id }) => fits(id));
  return (
    <SegmentedControl
      label="Customers shown"
      options={shown ? views : [...views, OTHER]}
      selectedId={(shown ?? OTHER).id}
      onChange={({ detail: { selectedId } }) => {
        if (selectedId !== OTHER.id)
          setParameters((current) => replaced(current, OF_VIEWS, { ...VIEWS[selectedId] }), { replace: true });
      }}
    />
  );
}

/** With the number, as soon as it is known. */
function withCount(label: string, count: number | undefined): string {
  return count === undefined ? label : `${label} (${count.toLocaleString("en")})`;
}
