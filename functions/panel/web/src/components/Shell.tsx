// The frame of every page: search, navigation, breadcrumbs, account menu, messages, and the dialog to sign in again.

import "./side.css";

import AppLayout, { type AppLayoutProps } from "@cloudscape-design/components/app-layout";
import Badge from "@cloudscape-design/components/badge";
import SideNavigation from "@cloudscape-design/components/side-navigation";
import SplitPanel from "@cloudscape-design/components/split-panel";
import TopNavigation from "@cloudscape-design/components/top-navigation";
import { lazy, Suspense, useEffect, useRef, type RefObject } from "react";
import { Outlet, useLocation } from "react-router";

import { hasNoAccess, NoAccess } from "../access/NoAccess";
import { useMe } from "../api/context";
import { CALM_MS } from "../api/pace";
import { useStats } from "../api/queries";
import { total } from "../jobs/counters";
import { Following } from "../jobs/Following";
import { JOB_GROUPS } from "../jobs/state";
import { SearchBox } from "../search/SearchBox";
import { useAccountMenu } from "./account";
import { activeHref } from "./activeHref";
import { Breadcrumbs } from "./Breadcrumbs";
import { useConnectionMessage } from "./connection";
import { MessagesProvider, useMessages } from "./messages";
import { SideProvider, useSide } from "./SidePanel";
import { SignInAgain } from "./SignInAgain";
import { focusHeading, TitleProvider, useArrival } from "./title";

// Loaded with the first message.
const Flashbar = lazy(() => import("@cloudscape-design/components/flashbar"));

export function Shell() {
  return (
    <MessagesProvider>
      <SideProvider>
        <TitleProvider>
          <Frame />
        </TitleProvider>
      </SideProvider>
    </MessagesProvider>
  );
}

function Frame() {
  const account = useAccountMenu();
  const { items, followed } = useMessages();
  const messages = [...useConnectionMessage(), ...items];
  const me = useMe().data;
  const isLockedOut = me !== undefined && hasNoAccess(me);
  useArrival();
  return (
    <>
      <SkipLink />
      <div id="top">
        <TopNavigation
          identity={{ href: "#/", title: "Zuora Workflow Manager" }}
          search={!isLockedOut && <SearchBox />}
          i18nStrings={{ searchIconAriaLabel: "Search", searchDismissIconAriaLabel: "Close the search" }}
          utilities={[account]}
        />
      </div>
      <AppLayout
        headerSelector="#top"
        navigation={!isLockedOut && <Navigation />}
        navigationHide={isLockedOut}
        breadcrumbs={<Breadcrumbs />}
        notifications={
          messages.length > 0 && (
            <Suspense>
              <Flashbar items={messages} stackItems />
            </Suspense>
          )
        }
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
      {followed.map((job) => (
        <Following key={job.jobId} {...job} />
      ))}
      <SignInAgain />
    </>
  );
}

/** The first stop of the Tab key, seen only there: past the navigation to the page. */
function SkipLink() {
  const { pathname, search } = useLocation();
  return (
    <a
      className="skip"
      href={`#${pathname}${search}`}
      onClick={(event) => {
        event.preventDefault();
        focusHeading();
      }}
    >
      Skip to the content
    </a>
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
  const stats = useStats(CALM_MS).data;
  return (
    <SideNavigation
      header={{ href: "#/", text: "Dashboard" }}
      activeHref={activeHref(pathname, search)}
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
            { type: "link", text: "Findings", href: "#/findings" },
            { type: "link", text: "Compare", href: "#/compare" },
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
