// Messages above the page: results of actions and errors.

import type { FlashbarProps } from "@cloudscape-design/components/flashbar";
import { createContext, useCallback, useContext, useMemo, useState, type ReactNode } from "react";
import { useLocation } from "react-router";

import { sentence } from "../api/problem";

export type Message = Pick<FlashbarProps.MessageDefinition, "type" | "header" | "content" | "action" | "loading">;

interface Shown {
  readonly id: string;
  readonly since: number;
  readonly message: Message;
  /** What the job with this id does, if its end is told here. */
  readonly follows: string | undefined;
}

interface Messages {
  readonly items: readonly FlashbarProps.MessageDefinition[];
  /** Tells what was done; with warnings it stays until it is closed. */
  readonly done: (text: ReactNode, warnings?: readonly string[]) => void;
  readonly failed: (what: string, error: unknown) => void;
  /** Tells that a job is queued, and in place of that how it ended: "Sync of Acme". */
  readonly follow: (jobId: string, what: string) => void;
  /** The jobs whose end is still to be told. */
  readonly followed: readonly { readonly jobId: string; readonly what: string }[];
  readonly ended: (jobId: string, message: Message) => void;
}

/** How long the result of an action stays; an error stays until it is closed. */
const SHOWN_MS = 15_000;
/** A result that is older than this belongs to the page that is left. */
const FRESH_MS = 3_000;

const Context = createContext<Messages | undefined>(undefined);

export function useMessages(): Messages {
  const messages = useContext(Context);
  if (!messages) throw new Error("useMessages outside of MessagesProvider");
  return messages;
}

export function MessagesProvider({ children }: { children: ReactNode }) {
  const [shown, setShown] = useState<readonly Shown[]>([]);
  const close = useCallback((id: string) => setShown((all) => all.filter((one) => one.id !== id)), []);
  const add = useCallback(
    (message: Message, id: string = crypto.randomUUID(), follows?: string) => {
      const one: Shown = { id, since: Date.now(), message, follows };
      setShown((all) => [one, ...all.filter((other) => other.id !== id)].slice(0, 5));
      if (message.type === "success") setTimeout(() => close(id), SHOWN_MS);
    },
    [close],
  );
  const done = useCallback(
    (text: ReactNode, warnings: readonly string[] = []) => {
      if (warnings.length === 0) return add({ type: "success", content: text });
      // One message: of several, only the newest is open.
      const content = (
        <>
          {text} {warnings.join(" ")}
        </>
      );
      add({ type: "warning", content });
    },
    [add],
  );
  const failed = useCallback((header: string, error: unknown) => add({ type: "error", header, content: sentence(error) }), [add]);
  const follow = useCallback(
    (jobId: string, what: string) => add({ type: "info", loading: true, content: `${what} is queued.` }, jobId, what),
    [add],
  );
  const ended = useCallback((jobId: string, message: Message) => add(message, jobId), [add]);

  const { pathname } = useLocation();
  const [path, setPath] = useState(pathname);
  if (path !== pathname) {
    setPath(pathname);
    setShown((all) => all.filter(({ message, since }) => message.type !== "success" || since > Date.now() - FRESH_MS));
  }

  const messages = useMemo<Messages>(() => {
    const items = shown.map(({ id, message }): FlashbarProps.MessageDefinition => ({
      ...message,
      id,
      ariaRole: message.type === "error" ? "alert" : "status",
      dismissible: true,
      dismissLabel: "Close",
      onDismiss: () => close(id),
    }));
    const followed = shown.flatMap(({ id, follows }) => (follows === undefined ? [] : [{ jobId: id, what: follows }]));
    return { items, done, failed, follow, followed, ended };
  }, [shown, close, done, failed, follow, ended]);
  return <Context value={messages}>{children}</Context>;
}
