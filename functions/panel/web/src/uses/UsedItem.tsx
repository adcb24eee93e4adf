import Box from "@cloudscape-design/components/box";
import Link from "@cloudscape-design/components/link";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { Fragment } from "react";

import type { Use } from "../api/client";
import { isLongEnough, searchPath } from "../search/asked";
import type { Ids } from "../workflows/definition";
import { placeHref } from "../workflows/place";
import type { Used } from "./used";

/** Tasks that are named; the others are counted. */
const MOST_TASKS = 5;

/** One thing that a workflow uses, and the tasks that use it. */
export function UsedItem({ used: { value, first, tasks }, path }: { used: Used; path: Ids }) {
  const named = [...tasks].slice(0, MOST_TASKS);
  const others = tasks.size - named.length;
  return (
    <>
      <What value={value} use={first} customerId={path.customer_id} />
      <Box color="text-body-secondary" fontSize="body-s">
        in{" "}
        {named.map(([id, name], index) => (
          <Fragment key={id}>
            {index > 0 && ", "}
            <Link fontSize="body-s" href={placeHref(path.customer_id, path.workflow_id, id)}>
              {name}
            </Link>
          </Fragment>
        ))}
        {others > 0 && ` and ${others.toLocaleString("en")} more`}
      </Box>
    </>
  );
}

function What({ value, use, customerId }: { value: string; use: Use; customerId: string }) {
  if (use.kind === "workflow") return <Run value={value} use={use} customerId={customerId} />;
  if (use.kind === "file") {
    const by = use.made_by === null ? ", which no task makes" : use.made_by === undefined ? "" : `, made by ${use.made_by}`;
    return `${value}${by}`;
  }
  if (!isLongEnough(value, use.kind)) return value;
  return <Link href={`#${searchPath(value, use.kind)}`}>{value}</Link>;
}

/** The workflow that is run, or those that it may be. */
function Run({ value, use: { workflows = [], ambiguous }, customerId }: { value: string; use: Use; customerId: string }) {
  if (workflows.length === 0) return <StatusIndicator type="warning">{`${value}, which is not in the copy`}</StatusIndicator>;
  const links = workflows.map(({ workflow_id, workflow_name, status }, index) => (
    <Fragment key={workflow_id}>
      {index > 0 && ", "}
      <Link href={`#/customers/${customerId}/workflows/${workflow_id}`}>{workflow_name ?? "(no name)"}</Link>
      {` (Zuora ID ${workflow_id}${status ? `, ${status}` : ""})`}
    </Fragment>
  ));
  if (!ambiguous) return links;
  return (
    <>
      <StatusIndicator type="warning">{`Several workflows are called “${value}”. It may be any of them:`}</StatusIndicator>{" "}
      {links}
    </>
  );
}
