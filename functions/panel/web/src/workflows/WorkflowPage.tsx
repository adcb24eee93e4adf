// One workflow: fields, graph, tasks, definition as Zuora exported it, and changes.

import Alert from "@cloudscape-design/components/alert";
import Container from "@cloudscape-design/components/container";
import ContentLayout from "@cloudscape-design/components/content-layout";
import Header from "@cloudscape-design/components/header";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Spinner from "@cloudscape-design/components/spinner";
import Tabs from "@cloudscape-design/components/tabs";
import { useQuery, type UseQueryResult } from "@tanstack/react-query";
import { lazy, Suspense, useCallback, useState } from "react";
import { useParams, useSearchParams } from "react-router";

import { body, type Workflow } from "../api/client";
import { useApi } from "../api/context";
import { CustomerName } from "../components/CustomerName";
import { Loading } from "../components/Fallback";
import { Schedule } from "../components/Schedule";
import { SidePanel } from "../components/SidePanel";
import { Age } from "../components/time";
import { useTitle } from "../components/title";
import { Changes } from "./Changes";
import { Code } from "./Code";
import type { Ids } from "./definition";
import { DefinitionView, Reading } from "./DefinitionView";
import { GraphBoundary } from "./graph/GraphBoundary";
import { readTasks, type ShownTask } from "./tasks";
import { TasksTable } from "./TasksTable";
import { useDefinition } from "./useDefinition";

// The graph library is loaded with the first graph.
const GraphView = lazy(() => import("./graph/GraphView"));

export function WorkflowPage() {
  const { customerId = "", workflowId = "" } = useParams();
  const api = useApi();
  const path: Ids = { customer_id: customerId, workflow_id: workflowId };
  const found = useQuery({
    queryKey: ["workflow", path],
    queryFn: async () => body(await api.GET("/v1/customers/{customer_id}/workflows/{workflow_id}", { params: { path } })),
  });
  return <Loading of={found}>{(workflow) => <Details workflow={workflow} path={path} />}</Loading>;
}

function Details({ workflow, path }: { workflow: Workflow; path: Ids }) {
  useTitle(workflow.name ?? workflow.zuora_id);
  const api = useApi();
  const [parameters, setParameters] = useSearchParams();
  const [chosen, setChosen] = useState<string>();
  const close = useCallback(() => setChosen(undefined), []);
  const { definition, progress } = useDefinition(path);
  const tasks = useQuery({ queryKey: ["tasks", path], queryFn: () => readTasks(api, path) });
  const waiting = <Reading progress={progress} />;
  return (
    <ContentLayout
      header={
        <Header variant="h1" description={workflow.description}>
          {workflow.name ?? "(no name)"}
        </Header>
      }
    >
      <SpaceBetween size="l">
        {workflow.deleted_at && (
          <Alert type="warning">
            Deleted at Zuora (noticed <Age at={workflow.deleted_at} />
            ). This is the last copy.
          </Alert>
        )}
        <Container header={<Header variant="h2">Overview</Header>}>
          <Overview workflow={workflow} />
        </Container>
        <Tabs
          activeTabId={parameters.get("tab") ?? "graph"}
          onChange={({ detail }) => setParameters({ tab: detail.activeTabId }, { replace: true })}
          tabs={[
            {
              id: "graph",
              label: "Graph",
              content: (
                <Loading of={definition} waiting={waiting}>
                  {({ text }) => (
                    <GraphBoundary key={text}>
                      <Suspense fallback={<Spinner />}>
                        <GraphView definition={text} chosen={chosen} onChoose={setChosen} />
                      </Suspense>
                    </GraphBoundary>
                  )}
                </Loading>
              ),
            },
            {
              id: "tasks",
              label: `Tasks (${workflow.tasks_count})`,
              content: <Loading of={tasks}>{(items) => <TasksTable tasks={items} onChoose={setChosen} />}</Loading>,
            },
            {
              id: "definition",
              label: "Definition",
              content: (
                <Loading of={definition} waiting={waiting}>
                  {(found) => <DefinitionView definition={found} name={workflow.zuora_id} />}
                </Loading>
              ),
            },
            { id: "changes", label: "Changes", content: <Changes customerId={path.customer_id} workflowId={path.workflow_id} /> },
          ]}
        />
      </SpaceBetween>
      {chosen !== undefined && <TaskPanel chosen={chosen} tasks={tasks} close={close} />}
    </ContentLayout>
  );
}

function Overview({ workflow }: { workflow: Workflow }) {
  const { triggers } = workflow;
  const kinds = [
    triggers.scheduled && "scheduled",
    triggers.callout && "callout",
    triggers.event && "event",
    triggers.ondemand && "on demand",
  ];
  return (
    <KeyValuePairs
      columns={4}
      items={[
        { label: "Zuora ID", value: workflow.zuora_id },
        { label: "Customer", value: <CustomerName id={workflow.customer_id} /> },
        { label: "Status", value: workflow.status ?? "-" },
        { label: "Version", value: workflow.version ?? "-" },
        { label: "Triggers", value: kinds.filter(Boolean).join(", ") || "None" },
        {
          label: "Schedule",
          value: workflow.interval ? <Schedule cron={workflow.interval} timezone={workflow.timezone} /> : "-",
        },
        { label: "Changed at Zuora", value: workflow.updated_at ? <Age at={workflow.updated_at} /> : "-" },
        { label: "Last synced", value: <Age at={workflow.last_synced_at} /> },
      ]}
    />
  );
}

interface TaskPanelProperties {
  readonly chosen: string;
  readonly tasks: UseQueryResult<readonly ShownTask[]>;
  readonly close: () => void;
}

function TaskPanel({ chosen, tasks, close }: TaskPanelProperties) {
  const task = tasks.data?.find((one) => one.id === chosen);
  return (
    <SidePanel header={task ? (task.name ?? "(no name)") : "Task"} close={close}>
      <Loading of={tasks}>
        {() => (task ? <TaskDetails task={task} /> : "This task is in the definition but not in the list of tasks.")}
      </Loading>
    </SidePanel>
  );
}

function TaskDetails({ task }: { task: ShownTask }) {
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
      <Code json={task.json} />
    </SpaceBetween>
  );
}
