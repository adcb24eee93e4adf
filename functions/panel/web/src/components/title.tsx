// The title of the page: in the browser's tab, as its last breadcrumb, and the sign that its heading is there to get the focus.

import { createContext, useContext, useEffect, useMemo, useRef, useState, type ReactNode } from "react";
import { NavigationType, useLocation, useNavigationType } from "react-router";

interface Titled {
  /** Undefined until the page knows it. */
  readonly title: string | undefined;
  readonly setTitle: (title: string | undefined) => void;
}

const Context = createContext<Titled>({ title: undefined, setTitle: () => undefined });

export function TitleProvider({ children }: { children: ReactNode }) {
  const [title, setTitle] = useState<string>();
  const titled = useMemo(() => ({ title, setTitle }), [title]);
  return <Context value={titled}>{children}</Context>;
}

/** Names the page. */
export function useTitle(title: string): void {
  const { setTitle } = useContext(Context);
  useEffect(() => {
    document.title = `${title} - Zuora Workflow Manager`;
    setTitle(title);
    return () => setTitle(undefined);
  }, [title, setTitle]);
}

export function usePageTitle(): string | undefined {
  return useContext(Context).title;
}

/** Moves the focus to the heading of the page, so that a screen reader tells it and the Tab key goes on from there. */
export function focusHeading(): void {
  const heading = document.querySelector<HTMLElement>("main h1");
  heading?.setAttribute("tabindex", "-1");
  heading?.focus({ preventScroll: true });
}

/** After every navigation: the focus on the heading, and the top of the page in view unless the browser goes back to where it was. */
export function useArrival(): void {
  const title = usePageTitle();
  const { pathname } = useLocation();
  const isBack = useNavigationType() === NavigationType.Pop;
  // The first page leaves the focus where the browser begins.
  const arrived = useRef(pathname);
  useEffect(() => {
    if (title === undefined || arrived.current === pathname || !document.querySelector("main h1")) return;
    arrived.current = pathname;
    if (!isBack) window.scrollTo(0, 0);
    if (!document.activeElement?.matches("input, textarea")) focusHeading();
  }, [title, pathname, isBack]);
}
