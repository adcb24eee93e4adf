// The API client, typed by docs/openapi.json.

import createClient, { type Client, type Middleware } from "openapi-fetch";

import { root } from "../deployment";
import type { Session } from "../sign-in/session";
import { setReachable } from "./connection";
import { Problem, type ProblemBody } from "./problem";
import type { components, paths } from "./schema";

export type Api = Client<paths>;
type Schemas = components["schemas"];
export type Customer = Schemas["Customer"];
/** An API that knows the user's e-mail address tells it beside the id. */
export type Job = Schemas["Job"] & { readonly actor_email?: string | null };
export type Workflow = Schemas["Workflow"];
export type Stats = Schemas["Stats"];
export type HeldList = Schemas["HeldList"];
export type DeadLetters = Schemas["DeadLetters"];
export type DeadLetter = Schemas["DeadLetter"];
export type DeadLetterJob = Extract<DeadLetter, { readonly job_id: string }>;
export type UnreadableMessage = Exclude<DeadLetter, DeadLetterJob>;
export type Redriven = Schemas["Redriven"];
export type ErrorClass = Schemas["ErrorClass"];
export type Failure = Schemas["Failure"];
export type AuditRecord = Schemas["AuditRecord"];
export type AuditAction = Schemas["Action"];
export type Grant = Schemas["List_Grant"]["items"][number];
export type Role = Schemas["Role"];
export type User = Schemas["User"];
export type Change = Schemas["Change"];
export type ChangeClass = Schemas["Class"];
export type StoredDefinition = Schemas["List_StoredDefinition"]["items"][number];
export type Finding = Schemas["Finding"];
export type FindingLevel = Schemas["FindingLevel"];
export type ListedFinding = Schemas["ListedFinding"];
export type WorkflowFinding = Schemas["WorkflowFinding"];
export type WorkflowFindings = Schemas["WorkflowFindings"];
export type RuleId = Schemas["RuleId"];
export type Lint = Schemas["Lint"];
export type ComparedWith = Schemas["ComparedWith"];
export type ComparedSide = Schemas["ComparedSide"];
export type Drift = Schemas["Drift"];
export type DriftRow = Schemas["DriftRow"];
export type DriftSide = Schemas["DriftSide"];
export type DriftState = Schemas["DriftState"];
export type Task = Schemas["Task"];
export type SearchHit = Schemas["SearchHit"];
export type SearchKind = NonNullable<paths["/v1/search"]["get"]["parameters"]["query"]["kind"]>;
export type Use = Schemas["Use"];
export type UsedBy = Schemas["UsedBy"];
export type Verb = Schemas["Verb"];
export type Me = Schemas["Me"];
export type Counters = Schemas["Counters"];
export type HealthState = Schemas["HealthState"];
export type AttentionGroup = Schemas["AttentionGroup"];
export type Remedy = Schemas["Remedy"];
export type HourOfJobs = Schemas["OutcomesOfHour"];
export type ZuoraHost = Schemas["ZuoraHost"];
export type HostsTried = Schemas["HostsTried"];
export type HostTried = Schemas["HostTried"];
export type NewCustomer = Schemas["NewCustomer"];
export type Settings = Schemas["Settings"];
export type CustomerChange = Schemas["CustomerChange"];
export type BulkAction = Schemas["BulkAction"];
export type BulkOutcome = Schemas["BulkOutcome"];
export type BulkResult = Schemas["BulkResult"];

/** A client that signs its requests, and throws a `Problem` for every refusal. */
export function createApi(session: Session): Api {
  // Several values of a parameter are separated by commas.
  const querySerializer = { array: { style: "form", explode: false } } as const;
  const api = createClient<paths>({ baseUrl: root.href, querySerializer });
  const edge: Middleware = {
    async onRequest({ request }) {
      request.headers.set("Authorization", `Bearer ${await session.token()}`);
      return request;
    },
    onError() {
      setReachable(false);
    },
    async onResponse({ response }) {
      setReachable(true);
      if (response.ok) return undefined;
      if (response.status === 401) session.ended();
      throw new Problem(await problemOf(response));
    },
  };
  api.use(edge);
  return api;
}

async function problemOf(response: Response): Promise<ProblemBody> {
  if (response.headers.get("content-type")?.startsWith("application/problem+json")) {
    return (await response.json()) as ProblemBody;
  }
  const title = "The API returned an unexpected response";
  return { type: "/problems/internal", title, status: response.status, detail: `${title} (${response.status}).`, instance: "" };
}

/** The body of a response; without one the client has thrown already. */
export function body<Data>(answer: { readonly data?: Data }): Data {
  return answer.data as Data;
}
