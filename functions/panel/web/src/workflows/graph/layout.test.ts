import { expect, test } from "vitest";

import { layOut, MOST_NODES } from "./layout";
import { graphOf } from "./model";

test("as many nodes as are drawn at most have their places, all in a row too", () => {
  const tasks = Array.from({ length: MOST_NODES - 1 }, (_, id) => ({ id: `${id + 1}` }));
  const linkages = tasks.map(({ id }) => ({ source_task_id: id === "1" ? null : `${Number(id) - 1}`, target_task_id: id }));

  const places = [...layOut(graphOf({ tasks, linkages })).values()].map(({ x }) => x);

  expect(new Set(places).size).toBe(MOST_NODES);
}, 30_000);
