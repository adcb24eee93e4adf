// The chosen task beside the page.

import Button from "@cloudscape-design/components/button";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Spinner from "@cloudscape-design/components/spinner";
import type { UseQueryResult } from "@tanstack/react-query";
import { lazy, Suspense } from "react";

import type { WorkflowFinding } from "../api/client";
import { Loading } from "../components/Fallback";
import { SidePanel } from "../components/SidePanel";
import { FindingsList } from "../findings/FindingsList";
import type { ShownTask } from "./tasks";

// The viewer is loaded with the first text.
const Code = lazy(() => import("./Code"));

interface Properties {
  readonly chosen: string;
  readonly tasks: UseQueryResult<readonly ShownTask[]>;
  /** Of the whole workflow. */
  readonly findings: readonly WorkflowFinding[];
  /** The tab of the page, and a function to go to another one. */
  readonly tab: string;
  readonly show: (changed: { readonly tab: string }) => void;
  readonly close: () => void;
}

export function TaskPanel({ chosen, tasks, findings, tab, show, close }: Properties) {
  const task = tasks.data?.find((one) => one.id === chosen);
  const ofTask = findings.filter((finding) => finding.task?.id === chosen);
  return (
    <SidePanel header={task ? (task.name ?? "(no name)") : "Task"} close={close}>
      <Loading of={tasks}>
        {() =>
          task ? (
            <SpaceBetween size="m">
              <SpaceBetween direction="horizontal" size="xs">
                {tab !== "graph" && <Button onClick={() => show({ tab: "graph" })}>Show in graph</Button>}
                {tab !== "tasks" && <Button onClick={() => show({ tab: "tasks" })}>Show in list</Button>}
              </SpaceBetween>
              {ofTask.length > 0 && <FindingsList findings={ofTask} />}
              <Details task={task} />
            </SpaceBetween>
          ) : (
            "This task is in the definition but not in the list of tasks."
          )
        }
      </Loading>
    </SidePanel>
  );
}

function Details({ task }: { task: ShownTask }) {
  return (
    <SpaceBetween size="m">
      <KeyValuePairs
        columns={2}
        items={[
          { label: "ID", value: task.id },
          { label: "Action", value: task.action_type ?? "-" },
          { label: "Object", value: task.object ?? "-" },
          { label: "Call", value: task.call_type ?? "-" },
          { label: "Priority", value: task.priority ?? "-" },
          { label: "Tags", value: task.tags?.join(", ") || "-" },
        ]}
      />
      <Suspense fallback={<Spinner />}>
        <Code json={task.json} label="Task as JSON" />
      </Suspense>
    </SpaceBetween>
  );
}
