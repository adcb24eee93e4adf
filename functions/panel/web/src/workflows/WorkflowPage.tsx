// One workflow: fields, graph, tasks, findings, definition as Zuora exported it, what it uses and what uses it, history, changes.

import Alert from "@cloudscape-design/components/alert";
import Container from "@cloudscape-design/components/container";
import ContentLayout from "@cloudscape-design/components/content-layout";
import Header from "@cloudscape-design/components/header";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Spinner from "@cloudscape-design/components/spinner";
import Tabs from "@cloudscape-design/components/tabs";
import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useCallback, useMemo } from "react";
import { useParams } from "react-router";

import { body, type Workflow } from "../api/client";
import { useApi } from "../api/context";
import { CustomerName } from "../components/CustomerName";
import { Loading } from "../components/Fallback";
import { Schedule } from "../components/Schedule";
import { Age, Moment } from "../components/time";
import { useTitle } from "../components/title";
import { Changes } from "../changes/Changes";
import { byTask, isOpen } from "../findings/byTask";
import { useFindings } from "../findings/useFindings";
import type { Ids } from "./definition";
import { DefinitionView, Reading } from "./DefinitionView";
import { GraphBoundary } from "./graph/GraphBoundary";
import { TaskPanel } from "./TaskPanel";
import { readTasks } from "./tasks";
import { TasksTable } from "./TasksTable";
import { useDefinition } from "./useDefinition";
import { useShown } from "./useShown";

// The findings are loaded when somebody asks for them.
const Findings = lazy(() => import("../findings/Findings"));
// What compares texts is loaded with the first comparison.
const History = lazy(() => import("../history/History"));
const UsesTab = lazy(() => import("../uses/UsesTab"));
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
  const { tab, task: chosen, show } = useShown();
  const choose = (task: string) => show({ task });
  const close = useCallback(() => show({ task: undefined }), [show]);
  const { definition, progress } = useDefinition(path);
  const tasks = useQuery({ queryKey: ["tasks", path], queryFn: () => readTasks(api, path) });
  const findings = useFindings(path);
  const marks = useMemo(() => findings.data && byTask(findings.data.items), [findings.data]);
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
          activeTabId={tab}
          onChange={({ detail }) => show({ tab: detail.activeTabId })}
          tabs={[
            {
              id: "graph",
              label: "Graph",
              content: (
                <Loading of={definition} waiting={waiting}>
                  {({ text }) => (
                    <GraphBoundary key={text}>
                      <Suspense fallback={<Spinner />}>
                        <GraphView definition={text} chosen={chosen} onChoose={choose} findings={marks} />
                      </Suspense>
                    </GraphBoundary>
                  )}
                </Loading>
              ),
            },
            {
              id: "tasks",
              label: `Tasks (${workflow.tasks_count})`,
              content: (
                <Loading of={tasks}>
                  {(items) => (
                    <TasksTable
                      tasks={items}
                      chosen={chosen}
                      onChoose={choose}
                      onShowInGraph={(task) => show({ tab: "graph", task })}
                    />
                  )}
                </Loading>
              ),
            },
            {
              id: "findings",
              label: findings.data ? `Findings (${findings.data.items.filter(isOpen).length})` : "Findings",
              content: (
                <Loading of={findings}>
                  {(found) => (
                    <Suspense fallback={<Spinner />}>
                      <Findings path={path} found={found} onShowInGraph={(task) => show({ tab: "graph", task })} />
                    </Suspense>
                  )}
                </Loading>
              ),
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
            {
              id: "uses",
              label: "Uses",
              content: (
                <Suspense fallback={<Spinner />}>
                  <UsesTab path={path} />
                </Suspense>
              ),
            },
            {
              id: "history",
              label: "History",
              content: (
                <Suspense fallback={<Spinner />}>
                  <History path={path} />
                </Suspense>
              ),
            },
            { id: "changes", label: "Changes", content: <Changes customerId={path.customer_id} workflowId={path.workflow_id} /> },
          ]}
        />
      </SpaceBetween>
      {chosen !== undefined && (
        <TaskPanel chosen={chosen} tasks={tasks} findings={findings.data?.items ?? []} tab={tab} show={show} close={close} />
      )}
    </ContentLayout>
  );
}

function Overview({ workflow }: { workflow: Workflow }) {
  const { triggers } = workflow;
  const kinds = [
    triggers.scheduled && "Scheduled",
    triggers.callout && "Callout",
    triggers.event && "Event",
    triggers.ondemand && "On demand",
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
        { label: "Changed at Zuora", value: workflow.updated_at ? <Moment at={workflow.updated_at} /> : "-" },
        { label: "Last synced", value: <Moment at={workflow.last_synced_at} /> },
      ]}
    />
  );
}
