// The frame of every page: navigation, account menu, messages, and the dialog to sign in again.

import "./side.css";

import AppLayout, { type AppLayoutProps } from "@cloudscape-design/components/app-layout";
import Badge from "@cloudscape-design/components/badge";
import Flashbar from "@cloudscape-design/components/flashbar";
import SideNavigation from "@cloudscape-design/components/side-navigation";
import SplitPanel from "@cloudscape-design/components/split-panel";
import TopNavigation from "@cloudscape-design/components/top-navigation";
import { Suspense, useEffect, useRef, type RefObject } from "react";
import { Outlet, useLocation, useNavigate } from "react-router";

import { hasNoAccess, NoAccess } from "../access/NoAccess";
import { useMe } from "../api/context";
import { CALM_MS } from "../api/pace";
import { useStats } from "../api/queries";
import { total } from "../jobs/counters";
import { JOB_GROUPS } from "../jobs/state";
import { useSession } from "../sign-in/session";
import { activeHref } from "./activeHref";
import { MessagesProvider, useMessages } from "./messages";
import { SideProvider, useSide } from "./SidePanel";
import { SignInAgain } from "./SignInAgain";

export function Shell() {
  return (
    <MessagesProvider>
      <SideProvider>
        <Frame />
      </SideProvider>
    </MessagesProvider>
  );
}

function Frame() {
  const session = useSession();
  const { items } = useMessages();
  const me = useMe().data;
  const isLockedOut = me !== undefined && hasNoAccess(me);
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
        navigation={!isLockedOut && <Navigation />}
        navigationHide={isLockedOut}
        notifications={<Flashbar items={items} stackItems />}
        toolsHide
        {...useSplitPanel()}
        content={
          isLockedOut ? (
            <NoAccess user={me.user} />
          ) : (
            <Suspense>
              <Outlet />
            </Suspense>
          )
        }
      />
      <SignInAgain />
    </>
  );
}

/** The side panel as properties of the layout, which needs its open state from the first render on. */
function useSplitPanel(): Partial<AppLayoutProps> & { readonly ref: RefObject<AppLayoutProps.Ref | null> } {
  const { shown, setPlace } = useSide();
  const ref = useRef<AppLayoutProps.Ref>(null);
  const isOpen = shown !== undefined;
  // Moves the focus into the panel, and back to the element that opened it.
  useEffect(() => {
    if (!isOpen) return undefined;
    const opener = document.activeElement;
    ref.current?.focusSplitPanel();
    return () => {
      const isLost = document.activeElement === document.body;
      if (isLost && opener instanceof HTMLElement) opener.focus();
    };
  }, [isOpen]);
  return {
    ref,
    splitPanel: shown && (
      <SplitPanel header={shown.header} closeBehavior="hide" hidePreferencesButton>
        <div ref={setPlace} className="side" tabIndex={0} />
      </SplitPanel>
    ),
    splitPanelOpen: shown !== undefined,
    splitPanelPreferences: { position: "side" },
    onSplitPanelToggle: ({ detail }) => {
      if (!detail.open) shown?.close();
    },
  };
}

function Navigation() {
  const { pathname, search } = useLocation();
  const navigate = useNavigate();
  const stats = useStats(CALM_MS).data;
  return (
    <SideNavigation
      header={{ href: "#/", text: "Dashboard" }}
      activeHref={activeHref(pathname, search)}
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
            { type: "link", text: "Workflows", href: "#/workflows" },
          ],
        },
        {
          type: "section",
          text: "Jobs",
          items: [
            { type: "link", text: "All jobs", href: "#/jobs" },
            {
              type: "link",
              text: "Jobs Waiting",
              href: `#/jobs?${JOB_GROUPS.waiting.filters}`,
              info: stats && count(total(stats.jobs, ...JOB_GROUPS.waiting.states)),
            },
            {
              type: "link",
              text: "Failed Jobs",
              href: "#/failed",
              info: stats && count(total(stats.jobs, "failed"), "red"),
            },
            {
              type: "link",
              text: "Held deletions",
              href: `#/jobs?${JOB_GROUPS.held.filters}`,
              info: stats && count(stats.awaiting_approval, "blue"),
            },
          ],
        },
        { type: "divider" },
        { type: "link", text: "Operations", href: "#/operations" },
        { type: "link", text: "Audit", href: "#/audit" },
        { type: "link", text: "Access", href: "#/access" },
        { type: "link", text: "Help", href: "#/help" },
        { type: "link", text: "About", href: "#/about" },
      ]}
    />
  );
}

/** A badge with the number; none for zero. */
function count(number: number, color: "grey" | "red" | "blue" = "grey") {
  return number ? <Badge color={color}>{number}</Badge> : undefined;
}
