// The routes. They follow `#` in the address: that works under any stage's path, and no server has to know them. Each page is
// loaded when it is first shown; the dashboard comes with the panel, in one file for all that it needs.

import { useEffect, useState } from "react";
import { createHashRouter, Outlet, replace, RouterProvider, useMatches, type RouteObject } from "react-router";

import { NoSuchPage, PageFailed } from "./components/Fallback";
import { followLinks } from "./components/links";
import { Shell } from "./components/Shell";
import { DashboardPage } from "./dashboard/DashboardPage";
import { isId } from "./ids";

const PAGES_OF_IDS: RouteObject[] = [
  { path: "customers/:customerId", lazy: async () => ({ Component: (await import("./customers/CustomerPage")).CustomerPage }) },
  {
    path: "customers/:customerId/edit",
    lazy: async () => ({ Component: (await import("./customers/EditCustomerPage")).EditCustomerPage }),
  },
  {
    path: "customers/:customerId/workflows/:workflowId",
    lazy: async () => ({ Component: (await import("./workflows/WorkflowPage")).WorkflowPage }),
  },
  {
    path: "compare/:leftId/:leftWorkflow/:rightId/:rightWorkflow",
    lazy: async () => ({ Component: (await import("./compare/PairPage")).PairPage }),
  },
  { path: "jobs/:jobId", lazy: async () => ({ Component: (await import("./jobs/JobPage")).JobPage }) },
];

const PAGES: RouteObject[] = [
  { element: <IfIds />, children: PAGES_OF_IDS },
  { index: true, element: <DashboardPage /> },
  { path: "customers", lazy: async () => ({ Component: (await import("./customers/CustomersPage")).CustomersPage }) },
  { path: "customers/new", lazy: async () => ({ Component: (await import("./customers/NewCustomerPage")).NewCustomerPage }) },
  { path: "workflows", lazy: async () => ({ Component: (await import("./workflows/WorkflowsPage")).WorkflowsPage }) },
  { path: "search", lazy: async () => ({ Component: (await import("./search/SearchPage")).SearchPage }) },
  { path: "findings", lazy: async () => ({ Component: (await import("./findings/FindingsPage")).FindingsPage }) },
  { path: "compare", lazy: async () => ({ Component: (await import("./compare/ComparePage")).ComparePage }) },
  { path: "jobs", lazy: async () => ({ Component: (await import("./jobs/JobsPage")).JobsPage }) },
  { path: "failed", lazy: async () => ({ Component: (await import("./failed/FailedPage")).FailedPage }) },
  // Its old address.
  { path: "dead-letters", loader: ({ request }) => replace(`/failed${new URL(request.url).search}`) },
  { path: "operations", lazy: async () => ({ Component: (await import("./operations/OperationsPage")).OperationsPage }) },
  { path: "audit", lazy: async () => ({ Component: (await import("./audit/AuditPage")).AuditPage }) },
  { path: "access", lazy: async () => ({ Component: (await import("./access/AccessPage")).AccessPage }) },
  { path: "help", lazy: async () => ({ Component: (await import("./help/HelpPage")).HelpPage }) },
  { path: "about", lazy: async () => ({ Component: (await import("./about/AboutPage")).AboutPage }) },
  { path: "*", element: <NoSuchPage /> },
];

/** The page, if the ids in its address are ids. */
function IfIds() {
  const params = useMatches().at(-1)?.params ?? {};
  return Object.values(params).every(isId) ? <Outlet /> : <NoSuchPage />;
}

export function Router() {
  // Created after sign-in: only then does the address contain the page that the user wanted.
  const [router] = useState(() => {
    followMove();
    return createHashRouter([
      { element: <Shell />, errorElement: <PageFailed />, hydrateFallbackElement: <></>, children: PAGES },
    ]);
  });
  useEffect(() => followLinks((to, options) => router.navigate(to, options)), [router]);
  return <RouterProvider router={router} />;
}

/** A bookmark of the list of failed jobs leads to their page. Within the panel the address is a filter of all jobs, and reloads as such. */
function followMove(): void {
  const [visit] = performance.getEntriesByType("navigation") as PerformanceNavigationTiming[];
  if (window.location.hash === "#/jobs?state=failed" && visit?.type === "navigate")
    window.history.replaceState(null, "", "#/failed");
}
