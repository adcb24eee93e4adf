// What is stored about two customers, wherever it is.

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";

import { body, type ComparedWith } from "../api/client";
import { useApi } from "../api/context";
import { isGone, Problem } from "../api/problem";
import { useCustomer } from "../customers/useCustomer";
import { holderOf } from "./rules";

interface Stored {
  readonly rules: ComparedWith | undefined;
  /** The ETag, which a change must name; empty if nothing is stored. */
  readonly edition: string;
}

const NOTHING: Stored = { rules: undefined, edition: "" };

/** What is stored beside that customer: about itself and one other. */
export function useComparedWith(customerId: string) {
  const api = useApi();
  return useQuery({
    queryKey: ["compared-with", customerId],
    queryFn: async (): Promise<Stored> => {
      try {
        const path = { customer_id: customerId };
        const answer = await api.GET("/v1/customers/{customer_id}/compared-with", { params: { path } });
        return { rules: body(answer), edition: answer.response.headers.get("etag") ?? "" };
      } catch (error) {
        if (isGone(error)) return NOTHING;
        throw error;
      }
    },
    enabled: customerId !== "",
  });
}

/** The rules of two customers, as the one sees them that holds them: its own side is the left one there. */
export interface Rules {
  readonly holderId: string;
  readonly otherId: string;
  /** The holder is the left customer of the page, too. */
  readonly isLeft: boolean;
  readonly rules: ComparedWith | undefined;
  readonly edition: string;
  /** What is stored is about another pair: saving replaces it. */
  readonly isOfOthers: boolean;
}

/** Undefined until it is known, and for those who may not change it. */
export function useRules(leftId: string, rightId: string): Rules | undefined {
  const left = useComparedWith(leftId).data;
  const right = useComparedWith(rightId).data;
  const isLeft = holderOf(leftId, rightId, left?.rules, right?.rules) === "left";
  const [holderId, otherId, stored] = isLeft ? [leftId, rightId, left] : [rightId, leftId, right];
  const holder = useCustomer(holderId).data?.customer;
  if (!left || !right || !stored || !holder?.actions.includes("update")) return undefined;
  const isOfOthers = stored.rules !== undefined && stored.rules.customer_id !== otherId;
  return { holderId, otherId, isLeft, ...stored, isOfOthers };
}

const OVERTAKEN = "Somebody else has changed it meanwhile. Begin again with what is stored now.";

/** Stores rules in place of those of that edition; every comparison is asked for anew. */
export function useSaveRules(onSaved: () => void) {
  const api = useApi();
  const queries = useQueryClient();
  const anew = (...keys: readonly string[]) => Promise.all(keys.map((key) => queries.invalidateQueries({ queryKey: [key] })));
  return useMutation({
    mutationFn: async ({ over, rules }: { over: Rules; rules: ComparedWith }) => {
      const header = over.edition ? { "If-Match": over.edition } : {};
      const params = { path: { customer_id: over.holderId }, header };
      try {
        return body(await api.PUT("/v1/customers/{customer_id}/compared-with", { params, body: rules }));
      } catch (error) {
        throw error instanceof Problem && error.slug === "precondition-failed" ? new Error(OVERTAKEN) : error;
      }
    },
    onSuccess: () => {
      onSaved();
      return anew("compared-with", "drift", "compare");
    },
    onError: () => anew("compared-with"),
  });
}
