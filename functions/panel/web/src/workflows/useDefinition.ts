// The definition of a workflow, and the progress of reading it.

import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { useApi } from "../api/context";
import { readDefinition, type Ids, type Progress } from "./definition";

/** The current definition, or the one with that hash. */
export function useDefinition(path: Ids, hash?: string) {
  const api = useApi();
  const [progress, tell] = useState<Progress>();
  const definition = useQuery({
    queryKey: ["definition", path, hash],
    queryFn: () => readDefinition(api, path, tell, hash),
    staleTime: 60_000,
  });
  return { definition, progress };
}
