import { expect, test } from "vitest";

import { activeHref } from "./activeHref";

test.each([
  ["/", "", "#/"],
  ["/customers", "?name=acme", "#/customers"],
  ["/customers/cus_1", "?tab=jobs", "#/customers"],
  ["/jobs", "", "#/jobs"],
  ["/jobs", "?state=queued%2Cwaiting%2Crunning", "#/jobs"],
  ["/jobs", "?state=failed&customer_id=cus_1", "#/jobs"],
  ["/failed", "?customer_id=cus_1", "#/failed"],
  ["/jobs", "?state=queued,waiting", "#/jobs?state=queued,waiting"],
  ["/jobs", "?awaiting_approval=true", "#/jobs?awaiting_approval=true"],
  ["/jobs", "?state=running", "#/jobs"],
])("%s%s belongs to the link %s", (pathname, search, href) => {
  expect(activeHref(pathname, search)).toBe(href);
});
