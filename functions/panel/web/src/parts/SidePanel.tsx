// A panel beside the page: a page puts something there, and what is on the page stays in view. Below it where the window is narrow.

import { createContext, useContext, useEffect, useMemo, useState, type ReactNode } from "react";
import { createPortal } from "react-dom";

interface Shown {
  readonly header: string;
  readonly close: () => void;
}

interface Side {
  /** What is shown, if anything. */
  readonly shown: Shown | undefined;
  readonly show: (shown: Shown | undefined) => void;
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
  const [shown, show] = useState<Shown>();
  const [place, setPlace] = useState<HTMLElement | null>(null);
  const side = useMemo(() => ({ shown, show, place, setPlace }), [shown, place]);
  return <Context value={side}>{children}</Context>;
}

/** Shows this beside the page for as long as it is there. `close` is a function that stays the same. */
export function SidePanel({ header, close, children }: { header: string; close: () => void; children: ReactNode }) {
  const { show, place } = useSide();
  useEffect(() => {
    show({ header, close });
    return () => show(undefined);
  }, [show, header, close]);
  return place && createPortal(children, place);
}
