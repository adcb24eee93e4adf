// The definition of a workflow, and the progress of reading it.

import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { useApi } from "../api/context";
import { readDefinition, type Ids, type Progress } from "./definition";

export function useDefinition(path: Ids) {
  const api = useApi();
  const [progress, tell] = useState<Progress>();
  const definition = useQuery({
    queryKey: ["definition", path],
    queryFn: () => readDefinition(api, path, tell),
    staleTime: 60_000,
  });
  return { definition, progress };
}
