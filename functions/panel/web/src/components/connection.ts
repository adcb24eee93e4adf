// The message while the API cannot be reached. It goes by itself, and the page is read again.

import type { FlashbarProps } from "@cloudscape-design/components/flashbar";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef } from "react";

import { body } from "../api/client";
import { setReachable, useLostSince } from "../api/connection";
import { useApi } from "../api/context";
import { WATCHED_MS } from "../api/pace";

const time = new Intl.DateTimeFormat("en-GB", { timeStyle: "short" });

/** One message, or none; while there is one, the API is asked whether it is back. */
export function useConnectionMessage(): readonly FlashbarProps.MessageDefinition[] {
  const api = useApi();
  const queries = useQueryClient();
  const since = useLostSince();
  const isLost = since !== undefined;
  useQuery({
    queryKey: ["connection"],
    queryFn: async () => body(await api.GET("/health")),
    enabled: isLost,
    refetchInterval: WATCHED_MS,
    retry: false,
  });
  // Nothing is requested while the browser knows that it has no network.
  useEffect(() => {
    const onOffline = () => setReachable(false);
    window.addEventListener("offline", onOffline);
    return () => window.removeEventListener("offline", onOffline);
  }, []);
  const wasLost = useRef(false);
  useEffect(() => {
    if (wasLost.current && !isLost) void queries.invalidateQueries();
    wasLost.current = isLost;
  }, [isLost, queries]);
  if (!isLost) return [];
  const content = `No connection to the API since ${time.format(since)}. Retrying…`;
  return [{ id: "connection", type: "error", content, ariaRole: "alert" }];
}
