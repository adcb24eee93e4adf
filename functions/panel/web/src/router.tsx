// The routes. They follow `#` in the address: that works under any stage's path, and no server has to know them. Each page is
// loaded when it is first shown; the dashboard comes with the panel, in one file for all that it needs.

import { useEffect, useState } from "react";
import { createHashRouter, RouterProvider, type RouteObject } from "react-router";

import { NoSuchPage, PageFailed } from "./components/Fallback";
import { followLinks } from "./components/links";
import { Shell } from "./components/Shell";
import { DashboardPage } from "./dashboard/DashboardPage";

const PAGES: RouteObject[] = [
  { index: true, element: <DashboardPage /> },
  { path: "customers", lazy: async () => ({ Component: (await import("./customers/CustomersPage")).CustomersPage }) },
  { path: "customers/new", lazy: async () => ({ Component: (await import("./customers/NewCustomerPage")).NewCustomerPage }) },
  { path: "customers/:customerId", lazy: async () => ({ Component: (await import("./customers/CustomerPage")).CustomerPage }) },
  {
    path: "customers/:customerId/edit",
    lazy: async () => ({ Component: (await import("./customers/EditCustomerPage")).EditCustomerPage }),
  },
  {
    path: "customers/:customerId/workflows/:workflowId",
    lazy: async () => ({ Component: (await import("./workflows/WorkflowPage")).WorkflowPage }),
  },
  { path: "workflows", lazy: async () => ({ Component: (await import("./workflows/WorkflowsPage")).WorkflowsPage }) },
  { path: "jobs", lazy: async () => ({ Component: (await import("./jobs/JobsPage")).JobsPage }) },
  { path: "jobs/:jobId", lazy: async () => ({ Component: (await import("./jobs/JobPage")).JobPage }) },
  { path: "dead-letters", lazy: async () => ({ Component: (await import("./dead-letters/DeadLettersPage")).DeadLettersPage }) },
  { path: "audit", lazy: async () => ({ Component: (await import("./audit/AuditPage")).AuditPage }) },
  { path: "access", lazy: async () => ({ Component: (await import("./access/AccessPage")).AccessPage }) },
  { path: "help", lazy: async () => ({ Component: (await import("./help/HelpPage")).HelpPage }) },
  { path: "about", lazy: async () => ({ Component: (await import("./about/AboutPage")).AboutPage }) },
  { path: "*", element: <NoSuchPage /> },
];

export function Router() {
  // Created after sign-in: only then does the address contain the page that the user wanted.
  const [router] = useState(() =>
    createHashRouter([{ element: <Shell />, errorElement: <PageFailed />, hydrateFallbackElement: <></>, children: PAGES }]),
  );
  useEffect(() => followLinks((to, options) => router.navigate(to, options)), [router]);
  return <RouterProvider router={router} />;
}
