import { expect, test } from "vitest";

import { untilFound, type Part } from "./parts";

/** An API that finds something in its last part only. */
function api(empty: number) {
  const asked: (string | undefined)[] = [];
  const load = (cursor: string | undefined): Promise<Part<string>> => {
    asked.push(cursor);
    const isLast = asked.length > empty;
    return Promise.resolve({ items: isLast ? ["hit"] : [], not_indexed: 2, next_cursor: isLast ? null : `${asked.length}` });
  };
  return { asked, load };
}

test("a search goes on by itself until something is found, and counts what is missing in all parts", async () => {
  const { asked, load } = api(3);

  expect(await untilFound(undefined, load)).toEqual({ items: ["hit"], not_indexed: 8, next_cursor: null });
  expect(asked).toEqual([undefined, "1", "2", "3"]);
});

test("after five parts without a hit the user is asked", async () => {
  const { asked, load } = api(50);

  expect(await untilFound("a", load)).toEqual({ items: [], not_indexed: 10, next_cursor: "5" });
  expect(asked.length).toBe(5);
});
