import BreadcrumbGroup from "@cloudscape-design/components/breadcrumb-group";
import { useLocation } from "react-router";

import { isId } from "../ids";
import { useCustomerName } from "./customerName";
import { usePageTitle } from "./title";

/** The pages of the first level that have others below them. */
const ABOVE: Readonly<Record<string, string>> = { customers: "Customers", jobs: "Jobs" };

/** The way to a page below the first level: a customer's workflow and its form lie below the customer. */
export function Breadcrumbs() {
  const title = usePageTitle();
  const [first = "", second = "", ...others] = useLocation().pathname.split("/").filter(Boolean);
  const areIds = [second, ...others].every(isId);
  const hasCustomer = first === "customers" && others.length > 0;
  const customer = useCustomerName(second, hasCustomer && areIds);
  const above = ABOVE[first];
  if (above === undefined || !areIds) return null;
  return (
    <BreadcrumbGroup
      ariaLabel="Breadcrumbs"
      items={[
        { text: above, href: `#/${first}` },
        ...(hasCustomer ? [{ text: customer ?? "…", href: `#/customers/${second}` }] : []),
        { text: title ?? "…", href: "" },
      ]}
    />
  );
}
