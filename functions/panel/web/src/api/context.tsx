// The API client for every component, and the caller.

import { QueryClient, QueryClientProvider, useQuery } from "@tanstack/react-query";
import { createContext, useContext, useMemo, type ReactNode } from "react";

import { useSession } from "../sign-in/session";
import { body, createApi, type Api } from "./client";
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

/** The caller. The API says what they can do in `actions`, here and on each customer and job. */
export function useMe() {
  const api = useApi();
  return useQuery({ queryKey: ["me"], queryFn: async () => body(await api.GET("/v1/me")), staleTime: 60_000 });
}
