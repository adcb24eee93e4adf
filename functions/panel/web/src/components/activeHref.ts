import { JOB_GROUPS } from "../jobs/state";

/** The link of the navigation for an address: a group of jobs if the filters contain its own, otherwise the page without its query. */
export function activeHref(pathname: string, search: string): string {
  const page = `#/${pathname.split("/")[1] ?? ""}`;
  const filters = [...new URLSearchParams(search)].map(([key, value]) => `${key}=${value}`);
  const group = Object.values(JOB_GROUPS).find((one) => filters.includes(one.filters) && LINKED.includes(one.label));
  return pathname === "/jobs" && group ? `${page}?${group.filters}` : page;
}

/** The groups that the navigation has links to. */
const LINKED: readonly string[] = [JOB_GROUPS.waiting.label, JOB_GROUPS.held.label];
