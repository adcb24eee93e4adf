import { expect, test } from "vitest";

import { drawn } from "./firstSync";

const sync = (change: Record<string, number>) => ({
  stats: { created: 0, updated: 0, unchanged: 0, deleted: 0, errors: 0, total: 0, ...change },
});

test("the first sync does not flatten the later ones, and the chart says that it is left out", () => {
  const [first, second, third] = [sync({ created: 2000 }), sync({ created: 2, unchanged: 2000 }), sync({ errors: 3 })];

  expect(drawn([first, second, third])).toEqual({
    shown: [second, third],
    leftOut: "Not shown: the first sync, which created 2,000 workflows.",
  });
  expect(drawn([second, third])).toEqual({ shown: [second, third], leftOut: undefined });
});
