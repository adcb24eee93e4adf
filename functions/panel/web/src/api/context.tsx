// The API for every component, and what the caller may do with it.

import { QueryClient, QueryClientProvider, useQuery } from "@tanstack/react-query";
import { createContext, useContext, useMemo, type ReactNode } from "react";

import { useSession } from "../sign-in/session";
import { body, createApi, type Api, type Me, type Verb } from "./client";
import { mayPass } from "./problem";

const Context = createContext<Api | undefined>(undefined);

export function useApi(): Api {
  const api = useContext(Context);
  if (!api) throw new Error("useApi outside of ApiProvider");
  return api;
}

export function ApiProvider({ children }: { children: ReactNode }) {
  const session = useSession();
  const api = useMemo(() => createApi(session), [session]);
  const queries = useMemo(
    () =>
      new QueryClient({
        defaultOptions: {
          queries: {
            retry: (count, error) => count < 2 && mayPass(error),
            staleTime: 5_000,
          },
        },
      }),
    [],
  );
  return (
    <Context value={api}>
      <QueryClientProvider client={queries}>{children}</QueryClientProvider>
    </Context>
  );
}

/** Who is signed in, and what they may do. */
export function useMe() {
  const api = useApi();
  return useQuery({ queryKey: ["me"], queryFn: async () => body(await api.GET("/v1/me")), staleTime: 60_000 });
}

/** Whether the caller may do this with the customer, or with all where none is named. The API decides; this hides what it would refuse. */
export function may(me: Me | undefined, verb: Verb, customerId?: string): boolean {
  if (!me) return false;
  if (me.super_admin || me.verbs.includes(verb)) return true;
  return me.customers.some((grant) => grant.customer_id === customerId && grant.verbs.includes(verb));
}

/** Whether there is any customer with which the caller may do this. */
export function mayAnywhere(me: Me | undefined, verb: Verb): boolean {
  return may(me, verb) || !!me?.customers.some((grant) => grant.verbs.includes(verb));
}
