import { expect, test } from "vitest";

import { layOut, MOST_NODES } from "./layout";
import { graphOf } from "./model";

test("as many nodes as are drawn at most have their places, all in a row too", () => {
  const tasks = Array.from({ length: MOST_NODES - 1 }, (_, id) => ({ id: `${id + 1}` }));
  const linkages = tasks.map(({ id }) => ({ source_task_id: id === "1" ? null : `${Number(id) - 1}`, target_task_id: id }));

  const places = [...layOut(graphOf({ tasks, linkages })).values()].map(({ x }) => x);

  expect(new Set(places).size).toBe(MOST_NODES);
}, 30_000);

test("ids that are names of properties in JavaScript have their places", () => {
  const ids = ["__proto__", "constructor", "hasOwnProperty", "toString"];
  const linkages = ids.map((id, index) => ({ source_task_id: ids[index - 1] ?? null, target_task_id: id }));

  const places = layOut(graphOf({ tasks: ids.map((id) => ({ id })), linkages }));

  expect(ids.map((id) => Number.isFinite(places.get(id)?.x))).toEqual([true, true, true, true]);
  expect(Object.keys(Object.prototype)).toEqual([]);
});
