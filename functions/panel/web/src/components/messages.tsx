// Messages above the page: results of actions and errors.

import type { FlashbarProps } from "@cloudscape-design/components/flashbar";
import { createContext, useCallback, useContext, useMemo, useState, type ReactNode } from "react";

import { sentence } from "../api/problem";

type Item = FlashbarProps.MessageDefinition;

interface Messages {
  readonly items: readonly Item[];
  readonly done: (text: ReactNode) => void;
  readonly failed: (what: string, error: unknown) => void;
}

/** How long the result of an action stays; an error stays until it is closed. */
const SHOWN_MS = 15_000;

const Context = createContext<Messages | undefined>(undefined);

export function useMessages(): Messages {
  const messages = useContext(Context);
  if (!messages) throw new Error("useMessages outside of MessagesProvider");
  return messages;
}

export function MessagesProvider({ children }: { children: ReactNode }) {
  const [items, setItems] = useState<readonly Item[]>([]);
  const add = useCallback((item: Item) => {
    const id = crypto.randomUUID();
    const close = () => setItems((all) => all.filter((one) => one.id !== id));
    setItems((all) => [{ ...item, id, dismissible: true, dismissLabel: "Close", onDismiss: close }, ...all].slice(0, 5));
    if (item.type === "success") setTimeout(close, SHOWN_MS);
  }, []);
  const done = useCallback((content: ReactNode) => add({ type: "success", content }), [add]);
  const failed = useCallback((header: string, error: unknown) => add({ type: "error", header, content: sentence(error) }), [add]);
  const messages = useMemo(() => ({ items, done, failed }), [items, done, failed]);
  return <Context value={messages}>{children}</Context>;
}
