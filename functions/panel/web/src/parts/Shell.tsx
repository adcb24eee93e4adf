// What surrounds every page: navigation, who is signed in, messages, and the question to sign in again.

import AppLayout from "@cloudscape-design/components/app-layout";
import Badge from "@cloudscape-design/components/badge";
import Flashbar from "@cloudscape-design/components/flashbar";
import SideNavigation from "@cloudscape-design/components/side-navigation";
import TopNavigation from "@cloudscape-design/components/top-navigation";
import { Suspense } from "react";
import { Outlet, useLocation, useNavigate } from "react-router";

import { useMe } from "../api/context";
import { useStats } from "../api/queries";
import { useSession } from "../sign-in/session";
import { MessagesProvider, useMessages } from "./messages";
import { SignInAgain } from "./SignInAgain";

export function Shell() {
  return (
    <MessagesProvider>
      <Frame />
    </MessagesProvider>
  );
}

function Frame() {
  const session = useSession();
  const { items } = useMessages();
  const me = useMe().data;
  return (
    <>
      <div id="top">
        <TopNavigation
          identity={{ href: "#/", title: "Zuora Workflow Manager" }}
          utilities={[
            {
              type: "menu-dropdown",
              text: me?.super_admin ? "Super admin" : "Account",
              iconName: "user-profile",
              description: me?.user,
              items: [{ id: "sign-out", text: "Sign out" }],
              onItemClick: session.signOut,
            },
          ]}
        />
      </div>
      <AppLayout
        headerSelector="#top"
        navigation={<Navigation />}
        notifications={<Flashbar items={items} stackItems />}
        toolsHide
        content={
          <Suspense>
            <Outlet />
          </Suspense>
        }
      />
      <SignInAgain />
    </>
  );
}

function Navigation() {
  const { pathname, search } = useLocation();
  const navigate = useNavigate();
  const stats = useStats(30_000).data;
  return (
    <SideNavigation
      header={{ href: "#/", text: "Dashboard" }}
      activeHref={`#/${pathname.split("/")[1] ?? ""}${search}`}
      onFollow={(event) => {
        if (event.detail.external) return;
        event.preventDefault();
        void navigate(event.detail.href.slice(1));
      }}
      items={[
        {
          type: "section",
          text: "Zuora Management",
          items: [
            {
              type: "link",
              text: "Customers",
              href: "#/customers",
              info: stats && <Badge>{stats.customers.total}</Badge>,
            },
          ],
        },
        {
          type: "section",
          text: "Jobs",
          items: [
            { type: "link", text: "All jobs", href: "#/jobs" },
            { type: "link", text: "Jobs Waiting", href: "#/jobs?state=waiting", info: count(stats?.jobs.waiting) },
            { type: "link", text: "Failed Jobs", href: "#/jobs?state=failed", info: count(stats?.jobs.failed, "red") },
            { type: "link", text: "Held deletions", href: "#/jobs?state=held", info: count(stats?.jobs.held, "blue") },
            { type: "link", text: "Dead letters", href: "#/dead-letters" },
          ],
        },
        { type: "divider" },
        { type: "link", text: "Audit", href: "#/audit" },
        { type: "link", text: "Access", href: "#/access" },
        { type: "link", text: "About", href: "#/about" },
      ]}
    />
  );
}

/** How many there are; nothing where there are none. */
function count(number: number | undefined, color: "grey" | "red" | "blue" = "grey") {
  return number ? <Badge color={color}>{number}</Badge> : undefined;
}
