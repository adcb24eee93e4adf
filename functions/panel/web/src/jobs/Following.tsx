import Button from "@cloudscape-design/components/button";
import { useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";

import { useMessages } from "../components/messages";
import { outcomeOf } from "./outcome";
import { useJob } from "./useJob";

/** Waits for the end of a job that was announced, tells it in place of the announcement, and has the page read again. */
export function Following({ jobId, what }: { jobId: string; what: string }) {
  const { ended } = useMessages();
  const queries = useQueryClient();
  const job = useJob(jobId).data;
  useEffect(() => {
    const told = job && outcomeOf(job, what);
    if (!told) return;
    ended(jobId, {
      type: told.type,
      content: told.text,
      action: <Button href={`#/jobs/${jobId}`}>Show job</Button>,
    });
    void queries.invalidateQueries();
  }, [job, what, jobId, ended, queries]);
  return null;
}
