// The session of the panel. A token that is about to expire is refreshed in the background. If that fails, the user signs in
// again in a second window and the page keeps all input.

import { createContext, useCallback, useContext, useEffect, useMemo, useRef, useState, type ReactNode } from "react";

import { finishSignIn, refresh, revoke, signIn, signInBeside, signOutAddress } from "./flow";
import { forgetTokens, readTokens, type Tokens } from "./tokens";

/** Time before the expiry at which a token is refreshed. */
const MARGIN_MS = 60_000;

export interface Session {
  /** A valid token; rejects if the session has ended. */
  readonly token: () => Promise<string>;
  /** Called when the API rejects the token. */
  readonly ended: () => void;
  /** The user has to sign in again. */
  readonly hasEnded: boolean;
  /** Closes the dialog to sign in again; the next request that needs a token opens it again. */
  readonly dismiss: () => void;
  readonly signInAgain: () => Promise<void>;
  /** Revokes and forgets the tokens, and leaves the panel. */
  readonly signOut: () => Promise<void>;
}

const Context = createContext<Session | undefined>(undefined);

export function useSession(): Session {
  const session = useContext(Context);
  if (!session) throw new Error("useSession outside of SessionProvider");
  return session;
}

export function SessionProvider({ children, failed }: { children: ReactNode; failed: (why: string) => ReactNode }) {
  const [kept] = useState(readTokens);
  const tokens = useRef(kept);
  const renewal = useRef<Promise<Tokens> | undefined>(undefined);
  const [isReady, setReady] = useState(kept !== undefined);
  const [hasEnded, setEnded] = useState(false);
  const [problem, setProblem] = useState<string>();
  const begun = useRef(false);

  useEffect(() => {
    // React runs effects twice in development; a code is good for one exchange.
    if (begun.current) return;
    begun.current = true;
    finishSignIn()
      .then((found) => {
        tokens.current = found ?? tokens.current;
        return tokens.current ? setReady(true) : signIn();
      })
      .catch((error: unknown) => setProblem(error instanceof Error ? error.message : String(error)));
  }, []);

  const token = useCallback(async () => {
    const current = tokens.current;
    if (current && current.expiresAt - MARGIN_MS > Date.now()) return current.idToken;
    try {
      if (!current?.refreshToken) throw new Error("The session has ended.");
      renewal.current ??= refresh(current.refreshToken).finally(() => (renewal.current = undefined));
      tokens.current = await renewal.current;
      return tokens.current.idToken;
    } catch (error) {
      // Without a network nobody knows whether the session has ended.
      if (!(error instanceof TypeError)) setEnded(true);
      throw error;
    }
  }, []);

  const session = useMemo<Session>(
    () => ({
      token,
      ended: () => setEnded(true),
      hasEnded,
      dismiss: () => setEnded(false),
      signInAgain: async () => {
        tokens.current = await signInBeside();
        setEnded(false);
      },
      signOut: async () => {
        const refreshToken = tokens.current?.refreshToken;
        if (refreshToken) await revoke(refreshToken);
        forgetTokens();
        window.location.assign(signOutAddress());
      },
    }),
    [token, hasEnded],
  );

  if (problem) return failed(problem);
  return isReady ? <Context value={session}>{children}</Context> : null;
}
