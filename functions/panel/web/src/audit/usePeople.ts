import { useQueryClient } from "@tanstack/react-query";

import { useUsers } from "../access/useUsers";
import type { AuditRecord } from "../api/client";
import { useMe } from "../api/context";
import type { Page } from "../components/ServerTable";

/** E-mail addresses by user id: the caller's, those in the records read so far, and, for callers who may grant, of users with the text. */
export function usePeople(text = ""): ReadonlyMap<string, string> {
  const me = useMe().data;
  const users = useUsers(text).data ?? [];
  const pages = useQueryClient().getQueriesData<Page<AuditRecord>>({ queryKey: ["audit"] });
  const records = pages.flatMap(([, page]) => page?.items ?? []);
  return new Map([
    ...(me ? [[me.user, me.email ?? me.user] as const] : []),
    ...records.map(({ actor, actor_email }) => [actor, actor_email ?? actor] as const),
    ...users.map(({ id, email }) => [id, email ?? id] as const),
  ]);
}
