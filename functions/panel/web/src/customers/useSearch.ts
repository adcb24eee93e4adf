import { useMutation } from "@tanstack/react-query";
import { useState } from "react";

import { body, type HostTried } from "../api/client";
import { useApi } from "../api/context";
import type { Fields } from "./fields";
import { isTried, search } from "./search";

/** Searches the data center of the client in the form. What is known counts only until the client is edited. */
export function useSearch(fields: Fields) {
  const api = useApi();
  const [hosts, setHosts] = useState<readonly HostTried[]>([]);
  const searching = useMutation({
    mutationFn: async ({ searched, known }: { searched: Fields; known: readonly HostTried[] }) => {
      const ask = async (skip: readonly string[]) => {
        const answer = await api.POST("/v1/connection-test", {
          body: {
            find: true,
            zuora_client_id: searched.clientId,
            zuora_client_secret: searched.secret,
            environment: searched.environment,
            skip: [...skip],
          },
        });
        const tested = body(answer);
        // The form of the request decides which of the two it is.
        return "hosts" in tested ? tested : { hosts: [], complete: true };
      };
      setHosts(known);
      await search(ask, setHosts, known);
    },
  });
  const last = searching.variables?.searched;
  const isCurrent = last !== undefined && last.clientId === fields.clientId && last.secret === fields.secret;
  const known = isCurrent ? hosts : [];
  return {
    /** Begins, or goes on with what was not tried. */
    start: () => searching.mutate({ searched: fields, known: known.every(isTried) ? [] : known }),
    isPending: searching.isPending,
    /** There was a search for this client. */
    isCurrent,
    error: isCurrent ? searching.error : null,
    hosts: known,
  };
}
