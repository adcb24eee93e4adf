// A panel beside the page, filled by the page. It is below the page if the window is narrow.

import { createContext, useCallback, useContext, useEffect, useMemo, useRef, useState, type ReactNode } from "react";
import { createPortal } from "react-dom";

interface Shown {
  readonly header: string;
  readonly close: () => void;
}

interface Side {
  /** The current content, if any. */
  readonly shown: Shown | undefined;
  /** Closes the previous content, if it is different. */
  readonly show: (shown: Shown) => void;
  /** Does nothing if other content is shown by now. */
  readonly hide: (close: Shown["close"]) => void;
  /** The element that the content is rendered into. */
  readonly place: HTMLElement | null;
  readonly setPlace: (place: HTMLElement | null) => void;
}

const Context = createContext<Side | undefined>(undefined);

/** For the layout that contains the panel. */
export function useSide(): Side {
  const side = useContext(Context);
  if (!side) throw new Error("useSide outside of SideProvider");
  return side;
}

export function SideProvider({ children }: { children: ReactNode }) {
  const [shown, setShown] = useState<Shown>();
  const [place, setPlace] = useState<HTMLElement | null>(null);
  const current = useRef<Shown>(undefined);
  const change = useCallback((next: Shown | undefined) => {
    current.current = next;
    setShown(next);
  }, []);
  const show = useCallback(
    (next: Shown) => {
      const before = current.current;
      change(next);
      if (before && before.close !== next.close) before.close();
    },
    [change],
  );
  const hide = useCallback(
    (close: Shown["close"]) => {
      if (current.current?.close === close) change(undefined);
    },
    [change],
  );
  const side = useMemo(() => ({ shown, show, hide, place, setPlace }), [shown, show, hide, place]);
  return <Context value={side}>{children}</Context>;
}

/** Shows its children beside the page while mounted. `close` identifies it and must be stable. The last of several is shown; the others are closed. Escape closes it. */
export function SidePanel({ header, close, children }: { header: string; close: () => void; children: ReactNode }) {
  const { shown, show, hide, place } = useSide();
  useEffect(() => {
    show({ header, close });
    return () => hide(close);
  }, [show, hide, header, close]);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key === "Escape" && !usesEscape(event.target)) close();
    };
    // On the way down: the handle that resizes the panel, where the focus is at first, keeps the key to itself.
    document.addEventListener("keydown", onKey, true);
    return () => document.removeEventListener("keydown", onKey, true);
  }, [close]);
  return place && shown?.close === close && createPortal(children, place);
}

/** Fields and dialogs have their own use for the key. */
function usesEscape(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest("input, textarea, [role=dialog], [role=listbox], [role=menu]") !== null;
}
