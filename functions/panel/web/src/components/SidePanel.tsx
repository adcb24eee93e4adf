// A panel beside the page: a page puts something there, and what is on the page stays in view. Below it where the window is narrow.

import { createContext, useCallback, useContext, useEffect, useMemo, useRef, useState, type ReactNode } from "react";
import { createPortal } from "react-dom";

interface Shown {
  readonly header: string;
  readonly close: () => void;
}

interface Side {
  /** What is shown, if anything. */
  readonly shown: Shown | undefined;
  /** Closes what was shown, if that is something else. */
  readonly show: (shown: Shown) => void;
  /** Does nothing where something else is shown by now. */
  readonly hide: (close: Shown["close"]) => void;
  /** Where its content is put. */
  readonly place: HTMLElement | null;
  readonly setPlace: (place: HTMLElement | null) => void;
}

const Context = createContext<Side | undefined>(undefined);

/** For whoever draws the frame that the panel is a part of. */
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

/** Shows this beside the page for as long as it is there; `close` is its name, and has to stay the same. The last of several is shown, and the others are closed. */
export function SidePanel({ header, close, children }: { header: string; close: () => void; children: ReactNode }) {
  const { shown, show, hide, place } = useSide();
  useEffect(() => {
    show({ header, close });
    return () => hide(close);
  }, [show, hide, header, close]);
  return place && shown?.close === close && createPortal(children, place);
}
