// Switches the list of customers between all, those that need attention, and the paused ones.

import SegmentedControl from "@cloudscape-design/components/segmented-control";
import { useSearchParams } from "react-router";

import { useStats } from "../api/queries";
import { replaced } from "../components/filter";
import { total } from "../jobs/counters";
import { HEALTH_FILTER, IN_NEED } from "./health";

/** The views: all but the first are values of the health filter. */
const ALL = "all";
const NEEDY = IN_NEED.join(",");
const PAUSED = "paused";

/** No view is selected while another health is filtered by. */
export function HealthViews() {
  const [parameters, setParameters] = useSearchParams();
  const counts = useStats().data?.customers;
  const shown = parameters.get(HEALTH_FILTER.key) ?? ALL;
  const views = [
    { id: ALL, text: withCount("All", counts?.total) },
    { id: NEEDY, text: withCount("Needs attention", counts && total(counts.by_health, ...IN_NEED)) },
    { id: PAUSED, text: withCount("Paused", counts && total(counts.by_health, PAUSED)) },
  ];
  return (
    <SegmentedControl
      label="Customers shown"
      options={views}
      selectedId={views.some(({ id }) => id === shown) ? shown : null}
      onChange={({ detail: { selectedId } }) => {
        const wanted: Record<string, string> = selectedId === ALL ? {} : { [HEALTH_FILTER.key]: selectedId };
        setParameters((current) => replaced(current, [HEALTH_FILTER], wanted), { replace: true });
      }}
    />
  );
}

/** With the number, as soon as it is known. */
function withCount(label: string, count: number | undefined): string {
  return count === undefined ? label : `${label} (${count.toLocaleString("en")})`;
}
