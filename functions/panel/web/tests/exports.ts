// Exports of workflows, for tests of what changes in them.

interface Task {
  readonly name: string;
  readonly action_type: string;
  readonly parameters: object;
}

/** An export with these tasks in a row; their ids begin at `first`, as a new version's do. */
export function exported(first: number, tasks: readonly Task[]): string {
  const linkages = tasks.map((_, at) => ({
    source_workflow_id: at === 0 ? first : null,
    source_task_id: at === 0 ? null : first + at - 1,
    target_task_id: first + at,
    linkage_type: at === 0 ? "Start" : "Success",
  }));
  return JSON.stringify({
    workflow: { id: first, priority: "Medium" },
    tasks: tasks.map((task, at) => ({ id: first + at, ...task })),
    linkages,
  });
}

export function mail(to: string): Task {
  return { name: "Dunning 3", action_type: "Email", parameters: { email: { to, subject: "Reminder" } } };
}

export function query(name: string, text = "select Id from Account"): Task {
  return { name, action_type: "Query", parameters: { query: text } };
}

export function callout(name: string, password: string): Task {
  return { name, action_type: "Callout", parameters: { url: "https://example.com", password } };
}

/** Runs the workflow of that name. */
export function execute(name: string, workflow_name: string): Task {
  return { name, action_type: "Execute::WorkflowTask", parameters: { workflow_name } };
}
