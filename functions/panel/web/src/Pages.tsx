// Which address shows which page. The address is what follows `#`: that works under every stage's path, and no server has to
// know the pages.

import { useState } from "react";
import { createHashRouter, RouterProvider } from "react-router";

import { CustomerPage } from "./customers/CustomerPage";
import { CustomersPage } from "./customers/CustomersPage";
import { EditCustomerPage } from "./customers/EditCustomerPage";
import { NewCustomerPage } from "./customers/NewCustomerPage";
import { JobPage } from "./jobs/JobPage";
import { JobsPage } from "./jobs/JobsPage";
import { NoSuchPage, PageFailed } from "./parts/pages";
import { Shell } from "./parts/Shell";

const ROUTES = [
  {
    element: <Shell />,
    errorElement: <PageFailed />,
    children: [
      { index: true, element: <CustomersPage /> },
      { path: "customers", element: <CustomersPage /> },
      { path: "customers/new", element: <NewCustomerPage /> },
      { path: "customers/:customerId", element: <CustomerPage /> },
      { path: "customers/:customerId/edit", element: <EditCustomerPage /> },
      { path: "jobs", element: <JobsPage /> },
      { path: "jobs/:jobId", element: <JobPage /> },
      { path: "*", element: <NoSuchPage /> },
    ],
  },
];

export function Pages() {
  // Made when somebody is signed in: only then does the address say again where they wanted to go.
  const [router] = useState(() => createHashRouter(ROUTES));
  return <RouterProvider router={router} />;
}
