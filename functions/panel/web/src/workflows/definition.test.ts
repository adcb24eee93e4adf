import { afterEach, expect, test, vi } from "vitest";

vi.mock("../deployment", () => ({ root: new URL("https://host/dev/") }));

import { createApi } from "../api/client";
import { Problem } from "../api/problem";
import type { Session } from "../sign-in/session";
import { readDefinition, type Progress } from "./definition";

const PATH = { customer_id: "cus_1", workflow_id: "48" };
const ADDRESS = "https://host/dev/v1/customers/cus_1/workflows/48/definition";

type Answer = (part: number | undefined) => Response;

/** Reads from an API that answers so; what it was asked for, and what was told on the way. */
function reading(answer: Answer) {
  const asked: (number | undefined)[] = [];
  const told: Progress[] = [];
  vi.stubGlobal("fetch", (request: Request) => {
    const address = new URL(request.url);
    expect([request.headers.get("authorization"), address.origin + address.pathname]).toEqual(["Bearer t", ADDRESS]);
    const part = address.searchParams.get("part");
    asked.push(part === null ? undefined : Number(part));
    return Promise.resolve(answer(asked.at(-1)));
  });
  const api = createApi({ token: () => Promise.resolve("t") } as Session);
  return { asked, told, read: readDefinition(api, PATH, (progress) => told.push(progress)) };
}

function problem(status: number, slug: string, more: object = {}): Response {
  const body = { type: `/problems/${slug}`, title: "No", status, detail: "No.", instance: "id", ...more };
  return new Response(JSON.stringify(body), { status, headers: { "content-type": "application/problem+json" } });
}

function part(content: string | Uint8Array<ArrayBuffer>, tag: string): Response {
  return new Response(content, { headers: { etag: `"${tag}"`, "content-type": "text/plain; charset=utf-8" } });
}

const bytesOf = async (blob: Blob) => [...new Uint8Array(await blob.arrayBuffer())];

afterEach(() => {
  vi.unstubAllGlobals();
});

test("a definition that fits one answer is read at once, byte for byte", async () => {
  const text = '\uFEFF{"b":9007199254740993,"2":100.00,"1":"é","a":1e400}\n';
  const { read, asked, told } = reading(() => part(text, "a"));

  const definition = await read;

  expect(await bytesOf(definition.blob)).toEqual([...new TextEncoder().encode(text)]);
  expect(definition.text).toBe(text);
  expect([asked, told]).toEqual([[undefined], []]);
});

test("one that is too large is put together from its parts, in order, and tells how far it is", async () => {
  const texts = ['{"a":"', "\uFEFFé\u{1F600}", '"}'];
  const { read, asked, told } = reading((n) => (n ? part(texts[n - 1] ?? "", "a") : problem(413, "too-large", { parts: 3 })));

  const definition = await read;

  expect(await bytesOf(definition.blob)).toEqual([...new TextEncoder().encode(texts.join(""))]);
  expect(definition.text).toBe(texts.join(""));
  expect(asked).toEqual([undefined, 1, 2, 3]);
  expect(told).toEqual([0, 1, 2].map((read) => ({ read, of: 3 })));
});

test("reading begins anew when a sync puts another definition in its place, of whatever size", async () => {
  let asks = 0;
  const { read, asked } = reading((n) => {
    asks += 1;
    if (asks === 1) return problem(413, "too-large", { parts: 3 });
    return asks < 4 ? part(`old ${n}`, asks === 2 ? "a" : "b") : part("new", "b");
  });

  expect((await read).text).toBe("new");
  expect(asked).toEqual([undefined, 1, 2, undefined]);
});

test("a definition that never stands still is given up after three times, and it is said", async () => {
  let asks = 0;
  const { read, asked } = reading((n) => (n ? part("x", `${(asks += 1)}`) : problem(413, "too-large", { parts: 2 })));

  await expect(read).rejects.toThrow(/kept changing/);
  expect(asked).toEqual([undefined, 1, 2, undefined, 1, 2, undefined, 1, 2]);
});

test.each([
  [413, "too-large"],
  [404, "not-found"],
])("a refusal that names no parts is told as it is (%i %s)", async (status, slug) => {
  const { read, asked } = reading(() => problem(status, slug));

  await expect(read).rejects.toBeInstanceOf(Problem);
  expect(asked).toEqual([undefined]);
});

test("a part that is refused is told as it is", async () => {
  const { read, asked } = reading((n) =>
    n === 2 ? problem(503, "unavailable") : n ? part("x", "a") : problem(413, "too-large", { parts: 3 }),
  );

  await expect(read).rejects.toMatchObject({ body: { status: 503 } });
  expect(asked).toEqual([undefined, 1, 2]);
});
