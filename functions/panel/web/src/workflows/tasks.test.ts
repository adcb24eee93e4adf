import { afterEach, expect, test, vi } from "vitest";

vi.mock("../deployment", () => ({ root: new URL("https://host/dev/") }));

import { createApi } from "../api/client";
import type { Session } from "../sign-in/session";
import { readTasks } from "./tasks";

afterEach(() => {
  vi.unstubAllGlobals();
});

test("a task is shown with its numbers and its odd fields as the API sent them", async () => {
  const odd =
    '{"id":"9007199254740993","name":"A","tags":["x"],"parameters":{"2":122.416294033786585,"1":100.00},"other":{"priority":1e400}}';
  const answer = `{"items":[${odd},{"id":"2","name":null}],"next_cursor":null,"total":2}`;
  vi.stubGlobal("fetch", () => Promise.resolve(new Response(answer, { headers: { "content-type": "application/json" } })));

  const api = createApi({ token: () => Promise.resolve("t") } as Session);
  const [first, second] = await readTasks(api, { customer_id: "cus_1", workflow_id: "48" });

  expect(first).toMatchObject({ id: "9007199254740993", name: "A", tags: ["x"], json: odd });
  expect(second).toMatchObject({ id: "2", name: null, json: '{"id":"2","name":null}' });
});
