// What the colors and shapes mean: what differs, or what tasks do; and what was found.

import { Panel } from "@xyflow/react";

import type { FindingLevel } from "../../api/client";
import type { OfTask } from "../../findings/byTask";
import { LEVELS } from "../../findings/levels";
import { KINDS, kindOf, type Kind } from "./kinds";
import { MARKS } from "./marks";
import type { Graph, Mark } from "./model";
import { SIGNS } from "./signs";

interface Properties {
  readonly graph: Graph;
  readonly findings: ReadonlyMap<string, OfTask> | undefined;
}

export function Legend({ graph, findings }: Properties) {
  const marks = new Set([...graph.nodes, ...graph.edges].map(({ mark }) => mark));
  const kinds = new Set(graph.nodes.map(({ kind }) => kindOf(kind)));
  const ofMarks = (Object.keys(MARKS) as Mark[])
    .filter((mark) => marks.has(mark))
    .map((mark) => ({ id: mark, text: `${MARKS[mark].sign} ${MARKS[mark].word}` }));
  const ofKinds = (Object.keys(KINDS) as Kind[])
    .filter((kind) => kinds.has(kind))
    .map((kind) => ({ id: kind, text: KINDS[kind] }));
  const found = new Set([...(findings?.values() ?? [])].map(({ level }) => level));
  const levels = (Object.keys(LEVELS) as FindingLevel[]).filter((level) => found.has(level));
  return (
    <Panel position="top-right">
      <ul className="graph-legend" aria-label="Colors of tasks">
        {(ofMarks.length > 0 ? ofMarks : ofKinds).map(({ id, text }) => (
          <li key={id} className={id}>
            {text}
          </li>
        ))}
      </ul>
      {levels.length > 0 && (
        <ul className="graph-legend" aria-label="Findings">
          {levels.map((level) => (
            <li key={level} className="graph-legend-finding">
              <span className={`graph-finding ${level}`} aria-hidden="true">
                {SIGNS[level]}
              </span>{" "}
              {LEVELS[level]}
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}
