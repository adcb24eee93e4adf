// What was found, by customer and workflow.

import "./search.css";

import Box from "@cloudscape-design/components/box";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import Link from "@cloudscape-design/components/link";
import SpaceBetween from "@cloudscape-design/components/space-between";

import type { SearchHit } from "../api/client";
import { pathInWords, placeHref } from "../workflows/place";
import { searchPath, type Asked } from "./asked";
import { grouped, type OfCustomer, type OfWorkflow } from "./grouped";
import { Marked } from "./Marked";
import { Unfinished, type Rest } from "./Unfinished";

/** The API shows so many places of a workflow. */
const MOST_PLACES = 5;

interface Properties {
  readonly asked: Asked;
  readonly items: readonly SearchHit[];
  readonly notIndexed: number;
  readonly rest: Rest;
}

export function Results({ asked, items, notIndexed, rest }: Properties) {
  const customers = grouped(items);
  const readsReferences = asked.kind !== "text" && asked.kind !== "name";
  return (
    <SpaceBetween size="l">
      {customers.map((customer) => (
        <Customer key={customer.id} customer={customer} asked={asked} />
      ))}
      <Unfinished
        rest={rest}
        notIndexed={notIndexed}
        instead={
          readsReferences && <Link href={`#${searchPath(asked.q, "text", asked.customerId)}`}>Search any text instead</Link>
        }
      />
    </SpaceBetween>
  );
}

function Customer({ customer: { id, name, workflows, jobs }, asked }: { customer: OfCustomer; asked: Asked }) {
  return (
    <div className="found">
      <Container
        header={
          <Header variant="h2">
            <Link href={`#/customers/${id}`} fontSize="inherit">
              {asked.kind === "name" ? <Marked text={name} q={asked.q} /> : name}
            </Link>
          </Header>
        }
      >
        <SpaceBetween size="m">
          {workflows.map((workflow) => (
            <Workflow key={workflow.id} customerId={id} workflow={workflow} asked={asked} />
          ))}
          {jobs.map((job) => (
            <Link key={job} href={`#/jobs/${job}`}>{`Job ${job}`}</Link>
          ))}
          {workflows.length + jobs.length === 0 && <Box color="text-body-secondary">The customer itself.</Box>}
        </SpaceBetween>
      </Container>
    </div>
  );
}

interface WorkflowProperties {
  readonly customerId: string;
  readonly workflow: OfWorkflow;
  readonly asked: Asked;
}

function Workflow({ customerId, workflow: { id, name, places }, asked: { q, kind } }: WorkflowProperties) {
  const page = `#/customers/${customerId}/workflows/${id}`;
  const text = name ?? "(no name)";
  return (
    <div>
      <Box variant="h3" padding="n">
        <Link href={page} fontSize="inherit">
          {kind === "name" ? <Marked text={text} q={q} /> : text}
        </Link>{" "}
        <Box variant="small">Zuora ID {id}</Box>
      </Box>
      {places.length > 0 && (
        <ul>
          {places.map((place, index) => (
            <li key={index}>
              <Place place={place} href={placeHref(customerId, id, place.task_id)} q={q} />
            </li>
          ))}
        </ul>
      )}
      {places.length === MOST_PLACES && (
        <Box color="text-body-secondary" fontSize="body-s">
          No more than five places are shown.{" "}
          <Link fontSize="body-s" href={`${page}?tab=${kind === "text" ? "definition" : "uses"}`}>
            {kind === "text" ? "Find others in the definition" : `All that ${text} uses`}
          </Link>
        </Box>
      )}
    </div>
  );
}

function Place({ place: { task_id, task_name, path, snippet }, href, q }: { place: SearchHit; href: string; q: string }) {
  const name = task_name ?? (task_id ? `Task ${task_id}` : "Settings of the workflow");
  return (
    <>
      <Link href={href}>{name}</Link>
      {path && (
        <Box variant="span" color="text-body-secondary">
          {`, ${pathInWords(path)} `}
          <Box variant="small">({path})</Box>
        </Box>
      )}
      {snippet && (
        <div className="found-text">
          <Marked text={snippet} q={q} />
        </div>
      )}
    </>
  );
}
